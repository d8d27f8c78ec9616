import type { Digest } from '../../oci/digest.ts'
import type { RepositoryStore, Unreadable } from '../ports.ts'
import type { Rules } from '../rules.ts'
import { checkBlobs, onlyBlobChildren } from './blob-facts.ts'
import { configPlatforms } from './config-platforms.ts'
import { dropDeletedRevisions } from './deleted-revisions.ts'
import type { Graph } from './graph.ts'
import { listingOf, resolvedTags } from './listing-of.ts'
import { ManifestWalk } from './manifest-walk.ts'
import { acceptClaimedTypes } from './served-type.ts'
import { strayLinks } from './stray-links.ts'
import { unnamedDamage } from './unnamed-damage.ts'
import { unservedManifests } from './unserved-manifests.ts'

/**
 * Walks one repository: tags, the manifests they lead to, the revisions that no tag reaches, then configs and layers.
 *
 * Each digest is read once. Memory grows with the repository, never with the registry.
 */
export async function walk(repository: string, store: RepositoryStore, rules: Rules): Promise<Graph> {
  const unreadable: Unreadable[] = []
  const seen = new ManifestWalk(store, rules.platform)
  const { manifests } = seen
  const tags = await resolvedTags(store, unreadable)
  await seen.descend([...tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : [])))
  await seen.descend(await listingOf(() => store.listRevisions(), unreadable))
  dropDeletedRevisions(tags, manifests)
  acceptClaimedTypes(manifests)
  seen.blobChildren.sort(tags, manifests)
  const isGraphOnly = rules.depth === 'graph'
  const { blobs, targets } = await (isGraphOnly ? onlyBlobChildren(store, seen) : checkBlobs(store, seen))
  await seen.judgeLarge()
  const { below, explained, blind } = await unservedManifests(store, { tags, manifests, suspect: seen.suspect })
  const known = { tags, manifests, blobs, below }
  const graph = { repository, ...known, unreadable, ...(await links()) }
  if (rules.platform === undefined) return graph
  return { ...graph, configPlatforms: await configPlatforms(store, tags, manifests) }

  async function links(): Promise<Pick<Graph, 'strayLinks' | 'layerLinks' | 'unnamed'>> {
    if (isGraphOnly) return { strayLinks: new Map(), layerLinks: 0, unnamed: [] }
    const listed = await listingOf(() => store.listLayerLinks(), unreadable)
    const isNamed = (digest: Digest): boolean =>
      blobs.has(digest) || explained.has(digest) || manifests.has(digest) || targets.has(digest)
    const strays = listed.filter((digest) => !isNamed(digest))
    return {
      strayLinks: await strayLinks(store, strays, !blind),
      layerLinks: listed.length,
      unnamed: await unnamedDamage(store, listed, known),
    }
  }
}
