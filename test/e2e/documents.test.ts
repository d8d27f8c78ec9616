import { expect, it } from 'vitest'
import { oddDocument } from '../support/builders/odd-documents.ts'
import { countIn } from '../support/count-in.ts'
import { compareDocuments, disagreementsAmong } from '../support/oracles/compare-documents.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** Sixty with `npm test`; these two hundred and two thousand others with `npm run test:slow`. */
const DOCUMENTS = countIn('DOCUMENT_COUNT', 20)
/** Of each kind so many that something is shown. */
const SOME = DOCUMENTS / 10
/** Of these some are of the sizes at which registries, clients and we ourselves stop. */
const LARGE_EVERY = 20

describeWithServers(['docker-registry', 'skopeo'], 'documents that are manifests, or nearly', () => {
  it('are intact where the registry serves them and skopeo copies them, and nowhere else', async () => {
    const documents = Array.from({ length: DOCUMENTS }, (_, n) => oddDocument(n, n % LARGE_EVERY === 0))
    const results = await compareDocuments(documents)
    expect(disagreementsAmong(results)).toEqual([])
    const copied = results.filter((result) => result.copied).length
    const refused = results.filter(({ served, copied }) => served === 200 && !copied).length
    expect({ copied: copied > SOME, refused: refused > SOME, unserved: copied + refused < DOCUMENTS - SOME }).toEqual({
      copied: true,
      refused: true,
      unserved: true,
    })
  }, 120_000)
})
