import { defineConfig } from 'vitest/config'

/** Tests that take minutes: thousands of documents, hundreds of runs against a source that vanishes. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.slow.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    passWithNoTests: true,
  },
})
