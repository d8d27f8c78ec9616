import type { Finding, FindingCode } from './finding.ts'

/** Whether something is gone or altered that no tag needs today: no error, and no reason to call the registry clean. */
export function isLostContent({ code, severity }: Pick<Finding, 'code' | 'severity'>): boolean {
  return severity === 'warning' && LOST.has(code)
}

const LOST: ReadonlySet<string> = new Set<FindingCode>([
  'tag-dangling',
  'index-child-missing',
  'manifest-damaged',
  'config-missing',
  'layer-missing',
  'blob-size-mismatch',
  'blob-digest-mismatch',
  'orphan-layer-link',
  'orphan-revision-link',
])
