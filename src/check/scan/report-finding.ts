import { hash } from 'node:crypto'
import type { ReportedFinding } from '../events.ts'
import { type AnyFinding, type Finding, subjectOf } from '../findings/finding.ts'
import { messageOf } from '../findings/message.ts'
import type { Repair } from '../repair/plan.ts'

/** Adds an id and the texts to a finding. */
export function reportFinding(
  found: Finding,
  { registry, confirmed, repair }: { readonly registry: string; readonly confirmed: boolean; readonly repair: Repair },
): ReportedFinding {
  const { repository, code } = found
  const identity = JSON.stringify([registry, repository, code, subjectOf(found)])
  const id = hash('sha256', identity).slice(0, 16)
  return { ...shown(found), id, message: messageOf(found), repair, confirmed }
}

/** Removes the fields that only the repair plan needs. */
function shown(finding: Finding): Omit<AnyFinding, 'salvage' | 'inTheWay' | 'needers'> {
  const { code, cause, severity, repository, tag, digest, tags, parents, platforms, evidence } = finding
  return {
    code,
    cause,
    severity,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
    tags,
    parents,
    platforms,
    evidence,
  }
}
