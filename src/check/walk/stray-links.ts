import type { Digest } from '../../oci/digest.ts'
import type { Answer, BlobAnswer, RepositoryStore } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import type { StrayLink } from './graph.ts'
import { isWrongLink, uncheckedBy } from './measure.ts'

/**
 * Damage in layer links that no manifest names.
 *
 * @param canBeOrphans `false`: something that may name them was not read, so none is an orphan
 */
export async function strayLinks(
  store: RepositoryStore,
  links: readonly Digest[],
  canBeOrphans: boolean,
): Promise<Map<Digest, StrayLink>> {
  const answers = await store.probeBlobs(links.map((digest) => ({ digest, sizes: [], prove: false, stray: true })))
  const strays = new Map<Digest, StrayLink>()
  for (const [n, digest] of links.entries()) {
    const answer = answers[n]
    const stray = answer && strayOf(digest, answer)
    if (stray && (canBeOrphans || stray.is !== 'orphan')) strays.set(digest, stray)
  }
  return strays
}

function strayOf(digest: Digest, answer: Answer<BlobAnswer>): StrayLink | undefined {
  if (answer instanceof StoreError) return uncheckedBy(answer)
  if (answer.is === 'present')
    return isWrongLink(digest, answer.target)
      ? { is: 'invalid', cause: 'wrong-link', evidence: { ...answer.evidence, linkNames: answer.target } }
      : undefined
  switch (answer.cause) {
    case 'layer-link-invalid':
      return { is: 'invalid', cause: answer.cause, evidence: answer.evidence }
    case 'blob-missing':
      return { is: 'orphan', evidence: answer.evidence }
    case 'layer-link-missing':
    case 'not-served':
      return undefined
  }
}
