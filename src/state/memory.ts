import type { FindingCode, Severity } from '../check/findings/code.ts'
import { type Depth, reaches } from '../check/rules.ts'

/** A finding as later runs need it: to recognize it, to know its age, and to report it as fixed. */
export interface RememberedFinding {
  readonly id: string
  readonly code: FindingCode
  readonly severity: Severity
  readonly repository: string | undefined
  readonly tag: string | undefined
  readonly digest: string | undefined
  /** Tags that reach it, limited in number. */
  readonly tags?: readonly string[]
  /** Manifests that name it, limited in number. */
  readonly parents?: readonly string[]
  /** Ids of later findings that may hide it: it may still be there below them. */
  readonly hiddenBy?: readonly string[]
  /** The last run did not find it and could not prove that it is gone. */
  readonly isUnseen?: true
  /** ISO 8601. */
  readonly firstSeen: string
  /** Scope of the run that saw it last. A run with a smaller scope cannot prove that it is gone. */
  readonly seenBy: ScanScope
}

/** What a run checks. */
export interface ScanScope {
  readonly depth: Depth
  readonly garbage: boolean
  readonly against: boolean
}

/** The findings that are remembered of one registry and profile. */
export interface RememberedRun {
  readonly registry: string
  readonly profile: string
  /** When the last run that could read the registry took place, ISO 8601. */
  readonly lastRun: string
  readonly findings: readonly RememberedFinding[]
}

/** Whether a run of this scope would find again what a run of the other scope found. */
export function covers(now: ScanScope, then: ScanScope): boolean {
  return reaches(now.depth, then.depth) && (now.garbage || !then.garbage) && (now.against || !then.against)
}
