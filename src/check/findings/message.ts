import { FINDINGS } from './catalogue.ts'
import type { FindingCode } from './code.ts'
import type { FindingOf } from './finding.ts'

/** One sentence about what is wrong: see {@link FindingKind.message}. */
export function messageOf<C extends FindingCode>(finding: FindingOf<C>): string {
  return FINDINGS[finding.code].message(finding)
}
