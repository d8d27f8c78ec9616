import type { Digest } from '../oci/digest.ts'
import type { Manifest } from '../oci/manifest.ts'
import type { TagName } from '../oci/names.ts'
import type { Evidence, FindingCause } from './finding.ts'
import type { AbsentBlobCause, AbsentManifestCause, Unreadable } from './ports.ts'
import type { Mislabelled } from './served-type.ts'
import type { SkipCode, UncheckedCode } from './store-error.ts'

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

export interface Skipped {
  readonly is: 'skipped'
  readonly because: SkipCode
}

export type TagLook =
  | { readonly is: 'resolved'; readonly digest: Digest }
  | { readonly is: 'dangling'; readonly cause: FindingCause; readonly evidence: Evidence }
  | Unchecked

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
  | { readonly is: 'damaged'; readonly cause: FindingCause; readonly evidence: Evidence; readonly refused: boolean }
  | { readonly is: 'absent'; readonly cause: AbsentManifestCause; readonly evidence: Evidence }
  | Unchecked
  | Skipped

export type BlobLook =
  /** `bytes` differs from the claim of a parent only where the hash was found right: then the claim is wrong. */
  | { readonly is: 'whole'; readonly bytes: number }
  | {
      readonly is: 'damaged'
      readonly code: 'blob-size-mismatch' | 'blob-digest-mismatch'
      readonly cause: FindingCause
      readonly evidence: Evidence
    }
  | { readonly is: 'absent'; readonly cause: AbsentBlobCause; readonly evidence: Evidence }
  | Unchecked
  | Skipped

export type StrayLink =
  | { readonly is: 'orphan'; readonly evidence: Evidence }
  | { readonly is: 'invalid'; readonly cause: FindingCause; readonly evidence: Evidence }
  | Unchecked

/** The fingerprint of a manifest that is not served though its bytes are still stored. */
export interface Below {
  /** Where the bytes are. */
  readonly place: string
  readonly mediaType: string
  /** Configs and layers that it names. */
  readonly named: number
  /** Of these, those that are still linked and stored. */
  readonly present: number
}
