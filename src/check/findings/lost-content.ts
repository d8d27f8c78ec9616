import { FINDINGS } from './catalogue.ts'
import type { Finding } from './finding.ts'

/** Whether content that no tag needs is gone or altered. That is no error, but the registry is not clean either. */
export function isLostContent({ code, severity }: Pick<Finding, 'code' | 'severity'>): boolean {
  return severity === 'warning' && FINDINGS[code].losesContent === true
}
