import { createHash } from 'node:crypto'
import type { ToldFinding } from './events.ts'
import { type Finding, subjectOf } from './finding.ts'
import { messageOf } from './message.ts'
import { repairOf } from './repair.ts'

/** Give a finding its name and its sentences. */
export function tell(finding: Finding, registry: string, confirmed: boolean): ToldFinding {
  const { repository, code } = finding
  const identity = JSON.stringify([registry, repository, code, subjectOf(finding)])
  const id = createHash('sha256').update(identity).digest('hex').slice(0, 16)
  return { ...finding, id, message: messageOf(finding), repair: repairOf(finding), confirmed }
}
