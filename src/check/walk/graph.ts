import type { Digest } from '../../oci/digest.ts'
import type { Manifest } from '../../oci/manifest.ts'
import type { TagName } from '../../oci/names.ts'
import type { CauseOf } from '../findings/code.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { AbsentBlobCause, AbsentManifestCause, Unreadable } from '../ports.ts'
import type { SkipCode, UncheckedCode } from '../store-error.ts'

/** Everything that a walk read in one repository: facts, not yet judged. */
export interface Graph {
  readonly repository: string
  readonly tags: ReadonlyMap<TagName, TagFact>
  /** Reached from a tag or linked as a revision. */
  readonly manifests: ReadonlyMap<Digest, ManifestFact>
  /** Configs and layers that those manifests name, and children of indexes that are blobs; empty at depth `graph`. */
  readonly blobs: ReadonlyMap<Digest, BlobFact>
  /** Layer links that no manifest names and whose target is missing. */
  readonly strayLinks: ReadonlyMap<Digest, StrayLink>
  /** The number of layer links. Missing if they were not listed. */
  readonly layerLinks?: number
  /** What is still stored below manifests that the repository no longer serves. */
  readonly below: ReadonlyMap<Digest, Below>
  /**
   * Damage in blobs that the repository links and that no readable manifest names. Searched only if the bytes of a manifest
   * are lost: it may have named them.
   */
  readonly unnamed?: readonly BlobBelow[]
  readonly unreadable: readonly Unreadable[]
  /** Platforms from the configs of images that no index describes. Read only if a platform is selected. */
  readonly configPlatforms?: ReadonlyMap<Digest, string>
}

/** A store could not answer, or the last check found new damage. */
export interface Unchecked {
  readonly is: 'unchecked'
  readonly because: UncheckedCode
  readonly place: string
  readonly detail: string
}

/** It was deliberately not checked. */
export interface Skipped {
  readonly is: 'skipped'
  readonly because: SkipCode
}

/** What a walk saw of a tag. */
export type TagFact =
  | { readonly is: 'resolved'; readonly digest: Digest }
  | { readonly is: 'dangling'; readonly cause: CauseOf<'tag-dangling'>; readonly evidence: Evidence }
  | Unchecked

/** What a walk saw of a manifest. */
export type ManifestFact =
  | {
      readonly is: 'read'
      readonly manifest: Manifest
      readonly bytes: number
      readonly linkedAsLayer: boolean
      /** The bytes come from an earlier run; the store only confirmed that it still has them. */
      readonly remembered?: boolean
      /** Intact, but clients refuse its headers. */
      readonly mislabelled?: Mislabelled | undefined
      readonly evidence: Evidence
    }
  /** Intact, of a type that we do not know. */
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
export type BlobFact =
  /** `bytes` differs from the claim of a parent only if the hash is right: then the claim is wrong. */
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

/** A manifest that is not served although its bytes are still stored. */
export interface Below {
  /** The path of the bytes. */
  readonly place: string
  readonly mediaType: string
  /** The children of an index; empty for an image. */
  readonly children: readonly Digest[]
  /** The config and layers of an image; empty for an index. */
  readonly blobs: readonly BlobBelow[]
}

/** What is left of a blob named by a manifest that is not served. */
export interface BlobBelow {
  readonly digest: Digest
  /**
   * `linked`: the repository serves it. `stored`: its bytes are stored but the repository does not link them. `damaged`: its
   * file does not match the digest. `foreign`: a registry does not have to store it.
   */
  readonly state: 'linked' | 'stored' | 'damaged' | 'lost' | 'foreign'
  /** The path of the bytes. Missing if there are none. */
  readonly path?: string
  /** A link that names another blob, or nothing. The registry trusts it. */
  readonly badLink?: string
}

/** A manifest with right bytes and wrong headers. */
export interface Mislabelled {
  readonly cause: 'content-type' | 'content-length'
  /** As it was served, without parameters. */
  readonly mediaType: string
  readonly evidence: Evidence
}
