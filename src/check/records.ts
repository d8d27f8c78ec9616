import type { Digest } from '../oci/digest.ts'
import type { Finding } from './findings/finding.ts'
import type { ReferenceCode, SkipCode, UncheckedCode } from './store-error.ts'

/** The verdict of a tag. See `docs/verdicts`. */
export type TagVerdict = 'intact' | 'degraded' | 'unpullable' | 'unchecked'

/** The number of tags by verdict. */
export type TagTotals = Readonly<Record<TagVerdict, number>>

/** The manifest that a machine of one platform gets under a tag. */
export interface PlatformRecord {
  /** In the form `os/architecture[/variant]`. */
  readonly platform: string
  readonly digest: Digest
}

/** One tag and its verdict. */
export interface TagRecord {
  readonly repository: string
  readonly tag: string
  /** The digest that it names; `undefined` if it cannot be read. */
  readonly digest: string | undefined
  readonly verdict: TagVerdict
  /** Only with `--platform`. */
  readonly platforms?: readonly PlatformRecord[]
  /** The hosts that served it, sorted; only of a registry with mirrors. */
  readonly servedBy?: readonly string[]
}

/** An object or a place that was not checked, and why. */
export interface UncheckedRecord {
  /** `undefined`: it is about the whole registry. */
  readonly repository: string | undefined
  readonly tag?: string
  readonly digest?: string
  readonly path?: string
  /** A pattern from the command line that matched nothing. */
  readonly pattern?: string
  readonly because: UncheckedCode | SkipCode | ReferenceCode
  readonly detail?: string
  /** The kind of object that the digest belongs to. */
  readonly kind?: ObjectKind
}

/** The kinds of objects that have a digest. */
export type ObjectKind = 'manifest' | 'config' | 'layer' | 'layer-link'

/** The number of objects by verdict. The sum is the number of objects visited. */
export interface ObjectTotals {
  readonly intact: number
  readonly damaged: number
  readonly unchecked: number
  readonly skipped: number
}

/** Objects found intact or damaged, counted once for each repository. */
export interface CheckedObjects {
  readonly indexes: number
  /** All other manifests, missing ones included. */
  readonly manifests: number
  readonly configs: number
  readonly layers: number
  /** Listed and followed. */
  readonly layerLinks: number
}

/** How much one check of a repository covered. */
export interface RepositoryCoverage {
  readonly checked: CheckedObjects
  /** Bytes of manifests that were read. */
  readonly manifestBytes: number
  /** Bytes of intact blobs. */
  readonly blobBytes: number
}

/** Everything that is reported about one repository. Small if nothing is wrong. */
export interface RepositoryReport {
  readonly repository: string
  /** Every tag, or only those that are not intact, sorted by name. */
  readonly tags: readonly TagRecord[]
  readonly tagTotals: TagTotals
  readonly manifests: ObjectTotals
  readonly blobs: ObjectTotals
  /** Manifests that are still served and whose bytes an earlier run hashed. */
  readonly manifestsNotReproved: number
  readonly coverage: RepositoryCoverage
  readonly findings: readonly Finding[]
  readonly unchecked: readonly UncheckedRecord[]
}

/** Everything that is stored, needed or not. */
export interface Storage {
  readonly blobs: number
  readonly bytes: number
}

/** The stages of a scan. Progress counts repositories in `walk` and `second-look`, and bytes in `content`. */
export type Stage = 'walk' | 'content' | 'second-look'

/** Milliseconds for each stage that ran. */
export type Durations = Readonly<Partial<Record<Stage | 'garbage', number>>>

/** How much a scan covered, and how long it took. */
export interface Coverage {
  readonly checked: CheckedObjects
  /** Read and hashed in this scan. */
  readonly checkedBytes: number
  /** Only if the whole store was listed. */
  readonly storage?: Storage
  readonly durations: Durations
}
