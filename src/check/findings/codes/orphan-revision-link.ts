import { causeText } from '../../repair/culprit.ts'
import type { Parts } from '../../repair/parts.ts'
import { onceOwnersAreWhole } from '../../repair/remedies/owners-unread.ts'
import { pushAgain } from '../../repair/remedies/push-again.ts'
import type { Remedy } from '../../repair/remedy.ts'
import type { AnyFinding } from '../finding.ts'
import type { FindingKind } from '../kind.ts'

/** See `docs/findings/orphan-revision-link.md`. */
export const orphanRevisionLink: FindingKind<'orphan-revision-link'> = {
  causes: ['manifest-missing'],
  severities: ['error', 'warning'],
  thing: 'revision link',
  state: 'target gone',
  losesContent: true,
  garbage: 'revision_link_orphan',
  message: () => 'A revision link points to a manifest that is gone; no tag or index needs it.',
  remedy: orphanRevision,
}

function orphanRevision(finding: AnyFinding, parts: Parts): Remedy {
  if (finding.severity === 'error') return pushAgain(parts, causeText(finding))
  const moved = parts.quarantine('link', { is: 'target', path: finding.evidence.path ?? '' })
  if (finding.evidence.ownersUnread === true) return onceOwnersAreWhole(parts, moved)
  return {
    action: 'remove-link',
    why: 'No tag needs it. If somebody still wants that digest, copy it from a registry that has it, before the next garbage collection deletes its layers. Otherwise the link can be removed.',
    steps: moved,
  }
}
