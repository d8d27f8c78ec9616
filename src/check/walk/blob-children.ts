import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { isBlobType, isManifestType } from '../../oci/media-type.ts'
import type { TagName } from '../../oci/names.ts'
import type { BlobFact, ManifestFact, TagFact } from './graph.ts'

type Manifests = Map<Digest, ManifestFact>

/**
 * Children of indexes that are blobs: BuildKit's cache index lists layers under `manifests` and pushes them as blobs.
 * No registry serves these as manifests, and `skopeo copy` cannot copy such an index.
 *
 * The media type of the descriptor decides if it is one of layers or configs. If it is unknown, the child may be a
 * manifest of an unknown kind (an artifact), so the registry decides: a revision is a manifest; what only a
 * layer link points to is a blob.
 */
export class BlobChildren {
  /** Blobs by media type, with the sizes that parents claim. */
  readonly #blobs = new Map<Digest, Set<number>>()
  /** Children of unknown media types, with their claimed sizes. */
  readonly #unknown = new Map<Digest, Set<number>>()
  /** Those that are not served as manifests: either blobs or missing. */
  readonly #undecided = new Set<Digest>()
  readonly #layerLinked = new Set<Digest>()

  /** @returns whether to read the child as a manifest */
  take({ digest, mediaType, size }: Descriptor): boolean {
    if (mediaType === '' || isManifestType(mediaType)) return true
    const isBlob = isBlobType(mediaType)
    const kind = isBlob ? this.#blobs : this.#unknown
    const sizes = kind.get(digest) ?? new Set()
    kind.set(digest, size === undefined ? sizes : sizes.add(size))
    return !isBlob
  }

  /** Whether it may be as large as a layer. */
  mayBeBlob(digest: Digest): boolean {
    return this.#unknown.has(digest) || this.#blobs.has(digest)
  }

  /** Records that only a layer link leads to it. */
  sawLayerLink(digest: Digest): void {
    if (this.mayBeBlob(digest)) this.#layerLinked.add(digest)
  }

  /** After the manifests are read: decides which children are manifests, and which to look up as blobs. */
  sort(tags: ReadonlyMap<TagName, TagFact>, manifests: Manifests): void {
    if (this.#blobs.size + this.#unknown.size === 0) return
    for (const digest of takenForManifests(tags, manifests)) {
      this.#blobs.delete(digest)
      this.#unknown.delete(digest)
    }
    // It is linked as a revision, whatever its index calls it.
    for (const [digest, sizes] of this.#blobs) if (manifests.has(digest)) this.#unknown.set(digest, sizes)
    for (const digest of this.#unknown.keys()) this.#blobs.delete(digest)
    for (const [digest, sizes] of this.#unknown) {
      const fact = manifests.get(digest)
      const isLinkedAsLayer = this.#layerLinked.has(digest)
      if (fact?.is === 'damaged' && fact.refused && !isLinkedAsLayer)
        manifests.set(digest, { is: 'opaque', bytes: Number(fact.evidence.measuredSize) })
      else if ((fact?.is === 'read' || fact?.is === 'damaged') && isLinkedAsLayer) {
        manifests.delete(digest)
        this.#blobs.set(digest, sizes)
      } else if (fact?.is === 'absent' || fact?.is === 'unchecked') this.#undecided.add(digest)
    }
  }

  /** The children to look up as blobs, with their claimed sizes. */
  *claims(): Generator<readonly [Digest, ReadonlySet<number>]> {
    yield* this.#blobs
    for (const digest of this.#undecided) yield [digest, this.#unknown.get(digest) ?? new Set()]
  }

  /**
   * Decides by the store's answer for it as a blob.
   * @param isNeeded whether an image names it as a config or layer
   * @returns `false` if it is not a blob: what is known of it as a manifest is kept
   */
  isBlob(digest: Digest, fact: BlobFact, manifests: Manifests, isNeeded: boolean = false): boolean {
    if (!this.#undecided.has(digest)) return true
    if (isNowhere(fact) && !isNeeded) return false
    manifests.delete(digest)
    return true
  }

  /** Whether a blob by media type is not stored as a blob. It may have been pushed as a manifest. */
  isLost(digest: Digest, fact: BlobFact): boolean {
    return isNowhere(fact) && this.#blobs.has(digest)
  }
}

/** Whether it does not exist as a blob: no layer link, or not served. */
function isNowhere(fact: BlobFact): boolean {
  return fact.is === 'absent' && (fact.cause === 'layer-link-missing' || fact.cause === 'not-served')
}

/** Digests that a tag names, or an index as a manifest. */
function* takenForManifests(tags: ReadonlyMap<TagName, TagFact>, manifests: Manifests): Generator<Digest> {
  for (const tag of tags.values()) if (tag.is === 'resolved') yield tag.digest
  for (const fact of manifests.values())
    if (fact.is === 'read' && fact.manifest.is === 'index')
      for (const { digest, mediaType } of fact.manifest.children)
        if (mediaType === '' || isManifestType(mediaType)) yield digest
}
