import { FINDINGS } from './catalogue.ts'
import type { FindingCode } from './code.ts'
import type { FindingOf } from './finding.ts'

/** What happened, in one sentence: see {@link FindingKind.message}. */
export function messageOf<C extends FindingCode>(finding: FindingOf<C>): string {
  return FINDINGS[finding.code].message(finding)
}
