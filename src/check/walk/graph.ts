import type { Digest } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import type { TagName } from '../../oci/names.ts'
import type { CauseOf } from '../findings/code.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { AbsentBlobCause, AbsentManifestCause, Unreadable } from '../ports.ts'
import type { SkipCode, UncheckedCode } from '../store-error.ts'

/** Everything that a walk saw in one repository: facts, no opinion on what they mean for whom. */
export interface Graph {
  readonly repository: string
  readonly tags: ReadonlyMap<TagName, TagLook>
  /** Reached from a tag or linked as a revision. */
  readonly manifests: ReadonlyMap<Digest, ManifestLook>
  /** Configs and layers that those manifests name, and children of indexes that are blobs; empty at depth `graph`. */
  readonly blobs: ReadonlyMap<Digest, BlobLook>
  /** Layer links that no manifest names and that lead nowhere. */
  readonly strayLinks: ReadonlyMap<Digest, StrayLink>
  /** Layer links that are listed; left out where they were not looked at. */
  readonly layerLinks?: number
  /** What is still stored below manifests that the repository no longer serves. */
  readonly below: ReadonlyMap<Digest, Below>
  /**
   * What is wrong among the blobs that the repository links and that nothing names which can be read. Looked for only where
   * the bytes of a manifest are lost: it may have named them.
   */
  readonly unnamed?: readonly BlobBelow[]
  readonly unreadable: readonly Unreadable[]
  /** Of images that no index describes, what their configs say; looked for only where a platform is asked for. */
  readonly configPlatforms?: ReadonlyMap<Digest, string>
}

/** The last look disbelieved it, or a store could not say. */
export interface Unchecked {
  readonly is: 'unchecked'
  readonly because: UncheckedCode
  readonly place: string
  readonly detail: string
}

/** It was not to be checked. */
export interface Skipped {
  readonly is: 'skipped'
  readonly because: SkipCode
}

/** What a walk saw of a tag. */
export type TagLook =
  | { readonly is: 'resolved'; readonly digest: Digest }
  | { readonly is: 'dangling'; readonly cause: CauseOf<'tag-dangling'>; readonly evidence: Evidence }
  | Unchecked

/** What a walk saw of a manifest. */
export type ManifestLook =
  | {
      readonly is: 'read'
      readonly manifest: Manifest
      readonly bytes: number
      readonly linkedAsLayer: boolean
      /** The bytes are those of an earlier run; the store only said that it still has them. */
      readonly remembered?: boolean
      /** Whole, and served so that clients refuse it. */
      readonly mislabelled?: Mislabelled | undefined
      readonly evidence: Evidence
    }
  /** Whole, of a kind that nobody claims to be a manifest we know. */
  | { readonly is: 'opaque'; readonly bytes: number }
  | {
      readonly is: 'damaged'
      readonly cause: CauseOf<'manifest-damaged'>
      readonly evidence: Evidence
      readonly refused: boolean
    }
  | { readonly is: 'absent'; readonly cause: AbsentManifestCause; readonly evidence: Evidence }
  | Unchecked
  | Skipped

/** What a walk saw of a blob. */
export type BlobLook =
  /** `bytes` differs from the claim of a parent only where the hash was found right: then the claim is wrong. */
  | { readonly is: 'whole'; readonly bytes: number }
  | DamagedBlob<'blob-size-mismatch'>
  | DamagedBlob<'blob-digest-mismatch'>
  | { readonly is: 'absent'; readonly cause: AbsentBlobCause; readonly evidence: Evidence }
  | Unchecked
  | Skipped

interface DamagedBlob<C extends 'blob-size-mismatch' | 'blob-digest-mismatch'> {
  readonly is: 'damaged'
  readonly code: C
  readonly cause: CauseOf<C>
  readonly evidence: Evidence
}

/** What a walk saw of a layer link that no manifest names. */
export type StrayLink =
  | { readonly is: 'orphan'; readonly evidence: Evidence }
  | { readonly is: 'invalid'; readonly cause: 'layer-link-invalid' | 'wrong-link'; readonly evidence: Evidence }
  | Unchecked

/** A manifest that is not served though its bytes are still stored. */
export interface Below {
  /** Where the bytes are. */
  readonly place: string
  readonly mediaType: string
  /** What an index names; empty for an image. */
  readonly children: readonly Digest[]
  /** Its config and layers; empty for an index. */
  readonly blobs: readonly BlobBelow[]
}

/** What is left of a blob that a manifest names which is not served. */
export interface BlobBelow {
  readonly digest: Digest
  /**
   * `linked`: the repository serves it. `stored`: its bytes are stored and the repository does not link them. `damaged`: its
   * file is stored and is not what the digest promises. `foreign`: nobody has to store it.
   */
  readonly state: 'linked' | 'stored' | 'damaged' | 'lost' | 'foreign'
  /** Of the bytes; left out where there are none. */
  readonly path?: string
  /** A link that names another blob, or nothing: the registry believes it. */
  readonly badLink?: string
}

/** A manifest whose bytes are right, and whose headers are not. */
export interface Mislabelled {
  readonly cause: 'content-type' | 'content-length'
  /** As it was served, without parameters. */
  readonly mediaType: string
  readonly evidence: Evidence
}
