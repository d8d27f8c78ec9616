import { FINDINGS } from './catalogue.ts'
import type { Finding } from './finding.ts'

/** Whether something is gone or altered that no tag needs today: no error, and no reason to call the registry clean. */
export function isLostContent({ code, severity }: Pick<Finding, 'code' | 'severity'>): boolean {
  return severity === 'warning' && FINDINGS[code].losesContent === true
}
