import type { ToldFinding } from '../check/events.ts'
import type { FindingCode } from '../check/finding.ts'

/** Whether something is gone or altered that no tag needs today: no error, and no reason to call the registry whole. */
export function isLostContent({ code, severity }: Pick<ToldFinding, 'code' | 'severity'>): boolean {
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

/** What Harbor and OpenShift store, in sentences. */
export const UNTAGGED: Readonly<Record<'counted' | 'not-counted', string>> = {
  counted:
    'There are revisions and not one tag: this looks like the storage of Harbor or OpenShift, which keep tags in a database. So every revision counts, as with --roots revisions.',
  'not-counted':
    'There are revisions and not one tag: this looks like the storage of Harbor or OpenShift, which keep tags in a database. --roots revisions is meant for it: without it damage in a revision is only a warning.',
}
