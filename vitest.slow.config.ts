import { defineConfig } from 'vitest/config'

/** Tests that take minutes: thousands of documents, tens of thousands of tags, all of the random registries. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.slow.test.ts', 'test/e2e/differential.test.ts'],
    env: { DIFFERENTIAL_COUNT: '60' },
    testTimeout: 900_000,
    hookTimeout: 120_000,
    // Each of them keeps all processors busy by itself, and some measure time.
    maxWorkers: 1,
    passWithNoTests: true,
  },
})
