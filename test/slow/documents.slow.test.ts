import pLimit from 'p-limit'
import { expect, it } from 'vitest'
import { oddDocument } from '../support/builders/odd-documents.ts'
import { compareDocuments, disagreementsAmong } from '../support/oracles/compare-documents.ts'
import { describeWithServers } from '../support/servers/required.ts'

const BATCH = 250
const BATCHES = 8
/** Of the documents: the sizes at which registries, clients and we ourselves stop. */
const LARGE_EVERY = 40

/** Most of the time our own scan waits before it asks again for what the registry answers with an error. */
const AT_ONE_TIME = pLimit(4)

describeWithServers(['docker-registry', 'skopeo'], 'two thousand documents', () => {
  it('are intact where the registry serves them and skopeo copies them, and nowhere else', async () => {
    const batches = Array.from({ length: BATCHES }, (_, n) => n * BATCH)
    const disagreements = await AT_ONE_TIME.map(batches, async (first) => {
      const documents = Array.from({ length: BATCH }, (_, n) => oddDocument(first + n, n % LARGE_EVERY === 0))
      return disagreementsAmong(await compareDocuments(documents))
    })
    expect(disagreements.flat()).toEqual([])
  })
})
