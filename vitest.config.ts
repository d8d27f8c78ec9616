import { defineConfig } from 'vitest/config'

/** Tests of the whole command, with servers and browsers, and those that replace a module of it (`vi.mock`). */
export const WHOLE: string[] = [
  'test/e2e/**/*.test.ts',
  'test/browser/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/config/arguments.test.ts',
]
const OTHER_SUITES = ['test/slow/**', 'test/long/**']

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Much of the time a test waits: for a server, a pause, a second look.
    maxWorkers: 3,
    coverage: { include: ['src/**'], reporter: ['text-summary', 'html'] },
    projects: [
      { extends: true, test: { name: 'whole', include: WHOLE } },
      {
        extends: true,
        // Each worker loads the source once, not once for each file: that was an eighth of all processor time.
        test: { name: 'rooms', include: ['test/**/*.test.ts'], exclude: [...WHOLE, ...OTHER_SUITES], isolate: false },
      },
    ],
  },
})
