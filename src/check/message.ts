import type { Finding } from './finding.ts'
export function messageOf(finding: Finding): string {
  return finding.code
}
