import type { FindingCode, Severity } from '../check/findings/code.ts'
import { type Depth, reaches } from '../check/rules.ts'

/** A finding as a later run needs it: to know it again, to say how old it is, and to tell that it is gone. */
export interface RememberedFinding {
  readonly id: string
  readonly code: FindingCode
  readonly severity: Severity
  readonly repository: string | undefined
  readonly tag: string | undefined
  readonly digest: string | undefined
  /** Tags that lead to it; of a great many only some. */
  readonly tags?: readonly string[]
  /** Manifests that name it; of a great many only some. */
  readonly parents?: readonly string[]
  /** Ids of later findings below which it may still be there. */
  readonly hiddenBy?: readonly string[]
  /** The last run did not find it, and could not tell that it is gone. */
  readonly isUnseen?: true
  /** ISO 8601. */
  readonly firstSeen: string
  /** How the run looked that saw it last: a run that looks less closely cannot tell that it is gone. */
  readonly seenBy: ScanScope
}

/** How closely a run looks. */
export interface ScanScope {
  readonly depth: Depth
  readonly garbage: boolean
  readonly against: boolean
}

/** What is remembered of one registry, as one profile looks at it. */
export interface RememberedRun {
  readonly registry: string
  readonly profile: string
  /** End of the last run that could say anything, ISO 8601. */
  readonly lastRun: string
  readonly findings: readonly RememberedFinding[]
}

/** Whether a run that looks like this would have seen again what another saw. */
export function covers(now: ScanScope, then: ScanScope): boolean {
  return reaches(now.depth, then.depth) && (now.garbage || !then.garbage) && (now.against || !then.against)
}
