import { expect, it } from 'vitest'
import { disagreementsAmong, opinionsOn } from '../support/document-opinions.ts'
import { oddDocument } from '../support/odd-documents.ts'
import { describeWithServers } from '../support/servers.ts'

const BATCH = 250
const BATCHES = 8
/** Of the documents: the sizes at which registries, clients and we ourselves stop. */
const LARGE_EVERY = 40

describeWithServers(['docker-registry', 'skopeo'], 'two thousand documents', () => {
  it.each(Array.from({ length: BATCHES }, (_, n) => n * BATCH))(
    'from number %i on are intact where the registry serves them and skopeo copies them, and nowhere else',
    async (first) => {
      const documents = Array.from({ length: BATCH }, (_, n) => oddDocument(first + n, n % LARGE_EVERY === 0))
      expect(disagreementsAmong(await opinionsOn(documents))).toEqual([])
    },
  )
})
