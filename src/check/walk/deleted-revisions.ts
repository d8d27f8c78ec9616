import type { Digest } from '../../oci/digest.ts'
import type { TagName } from '../../oci/names.ts'
import type { ManifestFact, TagFact } from './graph.ts'

/**
 * Drops manifests that only the directory of a revision names, without a link in it. An API `DELETE` leaves such a directory:
 * to the registry the manifest is gone, a garbage collection deletes what is left of it, and nothing is damaged.
 *
 * @param manifests of one repository, after all of its indexes are read
 */
export function dropDeletedRevisions(tags: ReadonlyMap<TagName, TagFact>, manifests: Map<Digest, ManifestFact>): void {
  const unlinked = [...manifests].filter(([, fact]) => fact.is === 'absent' && fact.cause === 'revision-link-missing')
  if (unlinked.length === 0) return
  const named = namedBy(tags, manifests)
  for (const [digest] of unlinked) if (!named.has(digest)) manifests.delete(digest)
}

function namedBy(tags: ReadonlyMap<TagName, TagFact>, manifests: ReadonlyMap<Digest, ManifestFact>): Set<Digest> {
  const named = new Set<Digest>()
  for (const tag of tags.values()) if (tag.is === 'resolved') named.add(tag.digest)
  for (const fact of manifests.values())
    if (fact.is === 'read' && fact.manifest.is === 'index')
      for (const { digest } of fact.manifest.children) named.add(digest)
  return named
}
