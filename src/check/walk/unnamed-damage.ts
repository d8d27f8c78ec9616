import { type Digest, hashAlgorithmOf } from '../../oci/digest.ts'
import type { RepositoryStore } from '../ports.ts'
import { blobsBelow } from './blobs-below.ts'
import type { BlobBelow, Graph } from './graph.ts'

type Known = Pick<Graph, 'tags' | 'manifests' | 'blobs' | 'below'>

/**
 * Damage in blobs that a repository links and that no readable manifest names.
 *
 * Searched only if the bytes of a manifest are lost, because it may have named them. If somebody pushes it again, the
 * registry answers that it has these blobs, and they stay damaged.
 *
 * @param links every layer link of the repository
 */
export async function unnamedDamage(
  store: RepositoryStore,
  links: readonly Digest[],
  known: Known,
): Promise<readonly BlobBelow[]> {
  if (!hasLostManifest(known)) return []
  const named = new Set([...known.below.values()].flatMap(({ blobs }) => blobs.map(({ digest }) => digest)))
  const unnamed = links.filter(
    (digest) => !known.blobs.has(digest) && !known.manifests.has(digest) && !named.has(digest),
  )
  const found = await blobsBelow(
    store,
    unnamed.filter((digest) => hashAlgorithmOf(digest) !== undefined).map((digest) => ({ digest, stray: true })),
  )
  return found.filter(({ state, badLink }) => state === 'damaged' || badLink !== undefined)
}

function hasLostManifest({ tags, manifests, below }: Known): boolean {
  const isLost = (digest: Digest | undefined): boolean =>
    digest !== undefined && !below.has(digest) && manifests.get(digest)?.is !== 'read'
  for (const fact of tags.values()) if (fact.is === 'dangling' && isLost(fact.evidence.lastPushed)) return true
  for (const [digest, fact] of manifests)
    if ((fact.is === 'absent' || fact.is === 'damaged') && isLost(digest)) return true
  return false
}
