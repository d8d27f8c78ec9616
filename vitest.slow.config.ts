import { defineConfig } from 'vitest/config'

/** Tests that take minutes: thousands of documents, tens of thousands of tags, and all that `npm test` tries a part of. */
export default defineConfig({
  test: {
    include: [
      'test/slow/**/*.slow.test.ts',
      'test/e2e/{differential,documents,repair-harness}.test.ts',
      'test/oci/reading-fast.test.ts',
      'test/gc/seeds.test.ts',
    ],
    env: {
      DIFFERENTIAL_COUNT: '60',
      DOCUMENT_COUNT: '200',
      REPAIR_COUNT: '40',
      UNUSUAL_DOCUMENT_COUNT: '30000',
      COLLECTION_COUNT: '300',
    },
    testTimeout: 900_000,
    hookTimeout: 120_000,
    // Each of them keeps all processors busy by itself, and some measure time.
    maxWorkers: 1,
    passWithNoTests: true,
  },
})
