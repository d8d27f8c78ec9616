import type { AnyFinding } from './findings/finding.ts'
import type { Coverage, ObjectTotals, Stage, TagRecord, TagTotals, UncheckedRecord } from './records.ts'
import type { Repair, RepairPlan } from './repair/plan.ts'
import type { Depth } from './rules.ts'
import type { UnreadableCode } from './source.ts'
import type { TargetKind } from './target-kind.ts'
import type { Use } from './use.ts'

/** A finding with its name and its sentences. */
export interface ReportedFinding extends Omit<AnyFinding, 'salvage' | 'inTheWay' | 'needers'> {
  /** A stable hash of registry, repository, code and what the finding is about. */
  readonly id: string
  readonly message: string
  readonly repair: Repair
  /** `false`: the scan was stopped before the second look. */
  readonly confirmed: boolean
  /** ISO 8601; only with a state file. */
  readonly firstSeen?: string
  /** Whether the previous run did not find it; only if there was one. */
  readonly isNew?: boolean
}

/** A finding of an earlier run that this run checked for and no longer found. */
export type PastFinding = Pick<ReportedFinding, 'id' | 'code' | 'severity'> & {
  readonly repository: string | undefined
  readonly tag: string | undefined
  readonly digest: string | undefined
  /** ISO 8601. */
  readonly firstSeen: string
}

/** What a target is, and how it is scanned. */
export interface TargetInfo {
  readonly target: string
  readonly registry: string
  readonly kind: TargetKind
  /** The URL of the API that was compared with storage. */
  readonly against?: string
  readonly depth: Depth
  /** The part of the repositories that was scanned, such as `0/4`. Missing: all of them. */
  readonly shard?: string
  /** Children and blobs may be missing: detected, or set by the operator. */
  readonly pullThrough: boolean
  /** What needs the image; only with `check --from`. */
  readonly usedBy?: readonly Use[]
}

/** Counts over all repositories of a target. */
export interface TargetTotals {
  readonly repositories: number
  readonly tags: TagTotals
  readonly manifests: ObjectTotals
  readonly blobs: ObjectTotals
  /** Manifests that are still served and whose bytes an earlier run hashed, not this one. */
  readonly manifestsNotReproved: number
}

/** What a registry that limits pulls has counted. */
export interface CountedPulls {
  readonly host: string
  /** Requests for this target that count: each GET of a manifest. */
  readonly counted: number
  /** Pulls that are allowed in so many seconds. */
  readonly limit?: number
  readonly seconds: number
  /** Those that are left, as the registry said last. */
  readonly remaining: number
  /** Whose pulls are counted together: an address, or the id of an account. */
  readonly countedFor?: string
}

/** How much was read from files that name images. */
export interface ReferenceTotals {
  readonly files: number
  /** Places that name an image, known or not. */
  readonly references: number
  /** Different images. */
  readonly images: number
}

/** The events of a scan of one target, in order. Every report is made from these alone. */
export type ScanEvent =
  | { readonly type: 'target'; readonly info: TargetInfo }
  | { readonly type: 'progress'; readonly stage: Stage; readonly done: number; readonly total: number | undefined }
  | { readonly type: 'tag'; readonly record: TagRecord; readonly findings: readonly string[] }
  | { readonly type: 'finding'; readonly finding: ReportedFinding }
  /** Only with a state file. */
  | { readonly type: 'fixed'; readonly finding: PastFinding }
  /** An earlier run found it. This run is incomplete and can neither confirm it nor rule it out. */
  | { readonly type: 'still-known'; readonly finding: PastFinding }
  | { readonly type: 'unchecked'; readonly record: UncheckedRecord }
  /** The repair plan for all findings of the target. */
  | { readonly type: 'repairs'; readonly plan: RepairPlan }
  | {
      readonly type: 'summary'
      readonly totals: TargetTotals
      readonly complete: boolean
      readonly stopped: boolean
      /** Only if the registry has revisions and not a single tag. */
      readonly untagged?: UntaggedRevisions
      readonly garbage: GarbageSearch
      /** Only of a target of kind `references`. */
      readonly references?: ReferenceTotals
      /** Of registries that limit pulls, such as Docker Hub; only of an image. */
      readonly pulls?: readonly CountedPulls[]
      readonly coverage: Coverage
    }
  /** The target could not be scanned; no other event follows. */
  | { readonly type: 'unreadable'; readonly reason: string; readonly because?: UnreadableCode }

/** For a registry without tags, as Harbor and OpenShift store it: whether damage in a revision counts. */
export type UntaggedRevisions = 'counted' | 'not-counted'

/**
 * Whether the scan looked for garbage. `uploads-only`: a manifest is damaged, missing or unchecked, so it is unknown which
 * blobs it needs.
 */
export type GarbageSearch = 'none' | 'uploads-only' | 'all'
