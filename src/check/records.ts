import type { Digest } from '../oci/digest.ts'
import type { Finding } from './findings/finding.ts'
import type { SkipCode, UncheckedCode } from './store-error.ts'

/** How a tag ends. See the contract, "Verdicts". */
export type TagVerdict = 'intact' | 'degraded' | 'unpullable' | 'unchecked'

/** Tags by how they end. */
export type TagTotals = Readonly<Record<TagVerdict, number>>

/** The manifest that a machine of one platform gets under a tag. */
export interface PlatformRecord {
  /** `os/architecture[/variant]`. */
  readonly platform: string
  readonly digest: Digest
}

/** One tag, and how it ends. */
export interface TagRecord {
  readonly repository: string
  readonly tag: string
  /** What it names; `undefined`: nothing that can be read. */
  readonly digest: string | undefined
  readonly verdict: TagVerdict
  /** Only with `--platform`. */
  readonly platforms?: readonly PlatformRecord[]
}

/** An object or a place that was not checked, and why. */
export interface UncheckedRecord {
  /** `undefined`: the whole registry. */
  readonly repository: string | undefined
  readonly tag?: string
  readonly digest?: string
  readonly path?: string
  /** A pattern of the operator that matched nothing. */
  readonly pattern?: string
  readonly because: UncheckedCode | SkipCode
  readonly detail?: string
  /** What the digest is of. */
  readonly kind?: ObjectKind
}

/** What a digest can be of. */
export type ObjectKind = 'manifest' | 'config' | 'layer' | 'layer-link'

/** Objects by how they end; the sum is all that were visited. */
export interface ObjectTotals {
  readonly intact: number
  readonly damaged: number
  readonly unchecked: number
  readonly skipped: number
}

/** Objects that ended as intact or damaged, once for each repository. */
export interface CheckedObjects {
  readonly indexes: number
  /** All other manifests, missing ones included. */
  readonly manifests: number
  readonly configs: number
  readonly layers: number
  /** Listed and followed. */
  readonly layerLinks: number
}

/** How much one look at a repository covered. */
export interface RepositoryCoverage {
  readonly checked: CheckedObjects
  /** Bytes of manifests that were read. */
  readonly manifestBytes: number
  /** Bytes of blobs that are whole. */
  readonly blobBytes: number
}

/** All that is reported of one repository. Small if nothing is wrong. */
export interface RepositoryReport {
  readonly repository: string
  /** Every tag, or only those that are not intact, sorted by name. */
  readonly tags: readonly TagRecord[]
  readonly tagTotals: TagTotals
  readonly manifests: ObjectTotals
  readonly blobs: ObjectTotals
  /** Manifests that are still served and whose bytes an earlier run proved. */
  readonly manifestsNotReproved: number
  readonly coverage: RepositoryCoverage
  readonly findings: readonly Finding[]
  readonly unchecked: readonly UncheckedRecord[]
}

/** All that is stored, needed or not. */
export interface Storage {
  readonly blobs: number
  readonly bytes: number
}

/** `walk`: repositories; `content`: bytes; `second-look`: repositories. */
export type Stage = 'walk' | 'content' | 'second-look'

/** Milliseconds of each stage that there was. */
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
