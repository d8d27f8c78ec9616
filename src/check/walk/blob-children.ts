import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { isBlobType, isManifestType } from '../../oci/media-type.ts'
import type { TagName } from '../../oci/names.ts'
import type { BlobLook, ManifestLook, TagLook } from './graph.ts'

type Manifests = Map<Digest, ManifestLook>

/**
 * Children of indexes that are blobs: the index of a BuildKit cache names layers as `manifests`, and pushes them as blobs.
 * No registry serves these as manifests, and `skopeo copy` cannot copy such an index.
 *
 * The media type of the descriptor tells, where it is one of layers or configs. Where it is unknown, the child may be a
 * manifest of a kind that we do not know (an artifact), so the registry is asked: a revision is a manifest; what only a
 * layer link leads to is a blob.
 */
export class BlobChildren {
  /** Certainly blobs, with the sizes that are claimed of them. */
  readonly #blobs = new Map<Digest, Set<number>>()
  /** Of unknown media types. */
  readonly #unknown = new Map<Digest, Set<number>>()
  /** Those of them that are no manifest that is served: blobs, or nothing. */
  readonly #undecided = new Set<Digest>()
  readonly #layerLinked = new Set<Digest>()

  /** @returns whether the child is to be read as a manifest */
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

  /** Only a layer link leads to it. */
  sawLayerLink(digest: Digest): void {
    if (this.mayBeBlob(digest)) this.#layerLinked.add(digest)
  }

  /** After the manifests were read: which children are manifests after all, and which have to be asked for as blobs. */
  sort(tags: ReadonlyMap<TagName, TagLook>, manifests: Manifests): void {
    if (this.#blobs.size + this.#unknown.size === 0) return
    for (const digest of takenForManifests(tags, manifests)) {
      this.#blobs.delete(digest)
      this.#unknown.delete(digest)
    }
    // Linked as a revision, whatever its index calls it.
    for (const [digest, sizes] of this.#blobs) if (manifests.has(digest)) this.#unknown.set(digest, sizes)
    for (const digest of this.#unknown.keys()) this.#blobs.delete(digest)
    for (const [digest, sizes] of this.#unknown) {
      const look = manifests.get(digest)
      const isLinkedAsLayer = this.#layerLinked.has(digest)
      if (look?.is === 'damaged' && look.refused && !isLinkedAsLayer)
        manifests.set(digest, { is: 'opaque', bytes: Number(look.evidence.measuredSize) })
      else if ((look?.is === 'read' || look?.is === 'damaged') && isLinkedAsLayer) {
        manifests.delete(digest)
        this.#blobs.set(digest, sizes)
      } else if (look?.is === 'absent' || look?.is === 'unchecked') this.#undecided.add(digest)
    }
  }

  /** What to ask for as a blob, with the sizes that are claimed of it. */
  *claims(): Generator<readonly [Digest, ReadonlySet<number>]> {
    yield* this.#blobs
    for (const digest of this.#undecided) yield [digest, this.#unknown.get(digest) ?? new Set()]
  }

  /**
   * Decide by what the store said of it as a blob.
   * @param isNeeded whether an image names it as a config or layer
   * @returns `false` where it is no blob: what is known of it as a manifest stands
   */
  isBlob(digest: Digest, look: BlobLook, manifests: Manifests, isNeeded: boolean = false): boolean {
    if (!this.#undecided.has(digest)) return true
    if (isNowhere(look) && !isNeeded) return false
    manifests.delete(digest)
    return true
  }

  /** A blob by its media type that is not stored as one: it may have been pushed as a manifest. */
  isLost(digest: Digest, look: BlobLook): boolean {
    return isNowhere(look) && this.#blobs.has(digest)
  }
}

/** Not a trace of it as a blob: no layer link, or not served. */
function isNowhere(look: BlobLook): boolean {
  return look.is === 'absent' && (look.cause === 'layer-link-missing' || look.cause === 'not-served')
}

/** What a tag names, or an index as a manifest. */
function* takenForManifests(tags: ReadonlyMap<TagName, TagLook>, manifests: Manifests): Generator<Digest> {
  for (const tag of tags.values()) if (tag.is === 'resolved') yield tag.digest
  for (const look of manifests.values())
    if (look.is === 'read' && look.manifest.is === 'index')
      for (const { digest, mediaType } of look.manifest.children)
        if (mediaType === '' || isManifestType(mediaType)) yield digest
}
