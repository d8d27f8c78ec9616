import type { Digest } from '../../oci/digest.ts'
import type { Needer, RepairStep, Salvage } from '../repair/step.ts'
import type { CauseOf, FindingCause, FindingCode, Severity } from './code.ts'
import type { Evidence, EvidenceOf } from './evidence.ts'

/** A fact worth reporting: one code, with a cause and evidence of that code. It holds no sentences. */
export type Finding = FindingOf<FindingCode>

/** Findings of one code, or of several. */
export type FindingOf<C extends FindingCode> = {
  readonly [K in C]: AnyFinding & { readonly code: K; readonly cause: CauseOf<K>; readonly evidence: EvidenceOf<K> }
}[C]

/** A finding for code that treats all codes alike. */
export interface AnyFinding {
  readonly code: FindingCode
  readonly cause: FindingCause
  readonly severity: Severity
  /** `undefined`: it belongs to no repository, such as an unreferenced blob. */
  readonly repository: string | undefined
  /** Only if the finding is about a tag. */
  readonly tag?: string
  readonly digest?: Digest
  /** Every tag that reaches it, sorted. */
  readonly tags: readonly string[]
  /** The manifests that name it, sorted. */
  readonly parents: readonly string[]
  readonly platforms: readonly string[]
  readonly evidence: Evidence
  /** What is left of a manifest that is not served. For the repair plan; no report prints it. */
  readonly salvage?: Salvage
  /** Files that may block a push of it, because it is unknown what it named. For the repair plan too. */
  readonly inTheWay?: readonly RepairStep[]
  /** What cannot be read and may need it. Missing if part of that has no name. For the repair plan too. */
  readonly needers?: readonly Needer[]
}

/** What a finding is about. It stays the same if the code or cause changes between two checks. */
export function subjectOf(finding: Pick<AnyFinding, 'tag' | 'digest' | 'evidence'>): string {
  const { platform } = finding.evidence
  const where = platform === undefined ? '' : ` for ${platform}`
  if (finding.tag !== undefined) return `tag:${finding.tag}${where}`
  if (finding.digest !== undefined) return `${finding.digest}${where}`
  return `path:${JSON.stringify(finding.evidence.path ?? '')}`
}
