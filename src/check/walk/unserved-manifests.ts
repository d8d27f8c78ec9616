import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, hashAlgorithmOf } from '../../oci/digest.ts'
import { effectiveMediaType, type Manifest, readManifest } from '../../oci/manifest.ts'
import type { RepositoryStore } from '../ports.ts'
import { StoreError } from '../store-error.ts'
import { blobsBelow } from './blobs-below.ts'
import type { Below, Graph, ManifestFact } from './graph.ts'
import { hashOf } from './measure.ts'

/** What storage has of manifests that are not served. */
export interface Unserved {
  readonly below: ReadonlyMap<Digest, Below>
  /** Configs and layers that they name. */
  readonly explained: ReadonlySet<Digest>
  /** Whether something that may name more could not be read. */
  readonly blind: boolean
}

/**
 * Looks for the bytes of manifests that are not served, only to find the cause. Nothing found here is a finding of its
 * own: it follows from the manifest above it.
 *
 * @param known.suspect damaged documents that can still be parsed
 */
export async function unservedManifests(
  store: RepositoryStore,
  known: Pick<Graph, 'tags' | 'manifests'> & { readonly suspect: readonly Manifest[] },
): Promise<Unserved> {
  const { tags, manifests, suspect } = known
  const search = new UnservedManifests(store, manifests)
  for (const document of suspect) {
    search.explain(document)
    if (document.is === 'index')
      for (const { digest } of document.children)
        if (manifests.get(digest)?.is !== 'read') await search.findBytes(digest)
  }
  for (const [digest, fact] of manifests)
    if (fact.is === 'absent' || (fact.is === 'damaged' && fact.cause === 'wrong-link')) await search.findBytes(digest)
  for (const fact of tags.values()) {
    const lost = fact.is === 'dangling' ? fact.evidence.lastPushed : undefined
    if (lost !== undefined && manifests.get(lost)?.is !== 'read') await search.findBytes(lost)
  }
  return search
}

class UnservedManifests implements Unserved {
  readonly below: Map<Digest, Below> = new Map()
  readonly explained: Set<Digest> = new Set()
  blind = false
  readonly #searched = new Set<Digest>()
  readonly #store: RepositoryStore
  readonly #served: ReadonlyMap<Digest, ManifestFact>

  constructor(store: RepositoryStore, served: ReadonlyMap<Digest, ManifestFact>) {
    this.#store = store
    this.#served = served
  }

  /** Marks what the document names as explained, even if its bytes are damaged. */
  explain(document: Manifest): void {
    for (const { digest } of blobsOf(document)) this.explained.add(digest)
  }

  /** Looks for the bytes of a manifest and for its children and blobs. */
  async findBytes(root: Digest): Promise<void> {
    const queue = [root]
    for (let digest = queue.pop(); digest !== undefined; digest = queue.pop()) {
      if (this.#searched.has(digest) || hashAlgorithmOf(digest) === undefined) continue
      this.#searched.add(digest)
      const remains = await this.#store.readRemains(digest)
      if (remains instanceof StoreError) this.blind = true
      if (remains === undefined || remains instanceof StoreError || hashOf(remains.bytes, digest) !== digest) continue
      const document = readManifest(remains.bytes)
      if (document.is === 'refused') continue
      this.explain(document)
      this.below.set(digest, await this.#describe(document, remains.place))
      if (document.is !== 'index') continue
      for (const child of document.children) if (this.#served.get(child.digest)?.is !== 'read') queue.push(child.digest)
    }
  }

  async #describe(document: Manifest, place: string): Promise<Below> {
    const named = blobsOf(document).filter(({ digest }) => hashAlgorithmOf(digest) !== undefined)
    const blobs = await blobsBelow(this.#store, named)
    const children = document.is === 'index' ? document.children.map(({ digest }) => digest) : []
    return { place, mediaType: effectiveMediaType(document), children, blobs }
  }
}

function blobsOf(document: Manifest): readonly Descriptor[] {
  if (document.is === 'index') return []
  return document.is === 'image' ? [document.config, ...document.layers] : document.layers
}
