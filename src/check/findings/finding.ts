import { type Digest, isDigest } from '../../oci/digest.ts'
import type { Needer, RepairStep, Salvage } from '../repair/step.ts'
import type { FindingCause, FindingCode, Severity } from './code.ts'

/** Claimed and measured values, and paths. Text in it may come from the registry: escape before printing. */
export type Evidence = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** A fact worth reporting. It holds no sentences: those are made by whoever tells it. */
export interface Finding {
  readonly code: FindingCode
  readonly cause: FindingCause
  readonly severity: Severity
  /** `undefined` where it belongs to none, as an unreferenced blob. */
  readonly repository: string | undefined
  /** The tag itself, where the finding is about one. */
  readonly tag?: string
  readonly digest?: Digest
  /** Every tag that reaches it, sorted. */
  readonly tags: readonly string[]
  /** The manifests that name it, sorted. */
  readonly parents: readonly string[]
  readonly platforms: readonly string[]
  readonly evidence: Evidence
  /** What is left of a manifest that is not served. For the repair plan; no report shows it as it is. */
  readonly salvage?: Salvage
  /** What a push of it may stumble over, because nobody knows any more what it names. For the repair plan, too. */
  readonly inTheWay?: readonly RepairStep[]
  /** What could not be read and may need it; left out where not all of that can be named. For the repair plan, too. */
  readonly needers?: readonly Needer[]
}

/** What a tag that lost its link named, where its history tells. */
export function lastPushed({ lastPushed: digest }: Evidence): Digest | undefined {
  return typeof digest === 'string' && isDigest(digest) ? digest : undefined
}

/** What a finding is about, the same in two looks even where its code or cause has changed between them. */
export function subjectOf(finding: Finding): string {
  if (finding.tag !== undefined) return subjectOfTag(finding.tag)
  return finding.digest ?? `path:${JSON.stringify(finding.evidence['path'] ?? '')}`
}

function subjectOfTag(tag: string): string {
  return `tag:${tag}`
}
