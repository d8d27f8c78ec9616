import { defineConfig } from 'vitest/config'

/** Tests that take a quarter of an hour: every fault and two hundred combinations of faults on live registries. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.long.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
