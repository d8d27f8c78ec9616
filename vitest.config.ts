import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'test/long/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Much of the time a test waits: for a server, a pause, a second look.
    maxWorkers: 3,
    coverage: { include: ['src/**'], reporter: ['text-summary', 'html'] },
  },
})
