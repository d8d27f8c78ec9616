import type { AnyFinding } from './findings/finding.ts'
import type { Coverage, ObjectTotals, Stage, TagRecord, TagTotals, UncheckedRecord } from './records.ts'
import type { Repair, RepairPlan } from './repair/plan.ts'
import type { Depth } from './rules.ts'
import type { UnreadableCode } from './source.ts'
import type { TargetKind } from './target-kind.ts'

/** A finding with its name and its sentences. */
export interface ToldFinding extends Omit<AnyFinding, 'salvage' | 'inTheWay' | 'needers'> {
  /** A stable hash of registry, repository, code and what the finding is about. */
  readonly id: string
  readonly message: string
  readonly repair: Repair
  /** `false` where the scan was stopped before the second look. */
  readonly confirmed: boolean
  /** ISO 8601; only where earlier runs are remembered. */
  readonly firstSeen?: string
  /** Whether the run before did not find it; only where there was one. */
  readonly isNew?: boolean
}

/** A finding of an earlier run that this one looked for and no longer found. */
export type PastFinding = Pick<ToldFinding, 'id' | 'code' | 'severity'> & {
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
  /** The URL whose answers were held against what is stored. */
  readonly against?: string
  readonly depth: Depth
  /** Which slice of the repositories was looked at, as `0/4`; left out: all. */
  readonly shard?: string
  /** Missing children and blobs are lawful: detected, or by the operator's word. */
  readonly pullThrough: boolean
}

/** Counts over all repositories of a target. */
export interface TargetTotals {
  readonly repositories: number
  readonly tags: TagTotals
  readonly manifests: ObjectTotals
  readonly blobs: ObjectTotals
  /** Of the manifests, those that are still served and whose bytes an earlier run has proved, not this one. */
  readonly manifestsNotReproved: number
}

/** What a scan of one target yields, in the order in which it is yielded; every report reads this and nothing else. */
export type ScanEvent =
  | { readonly type: 'target'; readonly info: TargetInfo }
  | { readonly type: 'progress'; readonly stage: Stage; readonly done: number; readonly total: number | undefined }
  | { readonly type: 'tag'; readonly record: TagRecord; readonly findings: readonly string[] }
  | { readonly type: 'finding'; readonly finding: ToldFinding }
  /** Only where earlier runs are remembered. */
  | { readonly type: 'fixed'; readonly finding: PastFinding }
  /** An earlier run found it, and this one, which is not complete, can neither confirm it nor tell that it is gone. */
  | { readonly type: 'still-known'; readonly finding: PastFinding }
  | { readonly type: 'unchecked'; readonly record: UncheckedRecord }
  /** What repairs the target, of all its findings together. */
  | { readonly type: 'repairs'; readonly plan: RepairPlan }
  | {
      readonly type: 'summary'
      readonly totals: TargetTotals
      readonly complete: boolean
      readonly stopped: boolean
      /** Only where there are revisions and no tag in the whole registry. */
      readonly untagged?: UntaggedRevisions
      readonly garbage: GarbageSearch
      readonly coverage: Coverage
    }
  /** Nothing could be said about the target; no other event follows. */
  | { readonly type: 'unreadable'; readonly reason: string; readonly because?: UnreadableCode }

/** Of a registry without any tag, as Harbor and OpenShift store one: whether damage in a revision counts as damage. */
export type UntaggedRevisions = 'counted' | 'not-counted'

/**
 * Whether what only takes up space was looked for. `uploads-only`: a manifest is damaged, missing or unchecked, so nobody
 * can tell which blobs it needs.
 */
export type GarbageSearch = 'none' | 'uploads-only' | 'all'
