import type { Parts } from '../../repair/parts.ts'
import { missingManifest } from '../../repair/remedies/missing-manifest.ts'
import { onceOwnersAreWhole } from '../../repair/remedies/owners-unread.ts'
import { rewrittenLink } from '../../repair/remedies/rewritten-link.ts'
import type { Remedy } from '../../repair/remedy.ts'
import type { AnyFinding } from '../finding.ts'
import type { FindingKind } from '../kind.ts'
import { content } from '../phrases.ts'

/** See `docs/findings/link-invalid.md`. */
export const linkInvalid: FindingKind<'link-invalid'> = {
  causes: ['revision-link-invalid', 'layer-link-invalid', 'wrong-link'],
  severities: ['error', 'warning'],
  thing: 'link',
  state: 'not valid',
  message: ({ cause, severity, evidence }) => {
    if (cause === 'wrong-link')
      return 'A layer link that nothing needs names another blob: the next push of that layer is skipped, and the pushed image is broken.'
    return severity === 'error'
      ? `A revision link holds ${content(evidence)} instead of a digest: pulling by this digest fails with 500.`
      : `A link that nothing needs holds ${content(evidence)} instead of a digest: it can stop garbage collection.`
  },
  remedy: invalidLink,
}

/** Nothing seems to need it. It is repaired if possible, because that loses nothing. */
function invalidLink(finding: AnyFinding, parts: Parts): Remedy {
  const { cause, severity, evidence, salvage } = finding
  if (cause === 'revision-link-invalid') {
    if (severity === 'error') return missingManifest(finding, parts)
    if (salvage?.isWhole)
      return {
        action: 'put-manifest',
        why: 'A crash or a full disk left a bad link. The bytes and all that they name are still stored: upload the same bytes again, which rewrites the link and loses nothing.',
        steps: parts.salvage(),
      }
  } else if (evidence.blobStored === true && evidence.blobDamaged !== true)
    return {
      action: 'upload-blob',
      why: 'A crash or a full disk left a bad link. The bytes are still stored: uploading them again rewrites the link and loses nothing.',
      steps: [...parts.quarantineLink('path'), ...parts.upload('blobPath')],
    }
  else if (evidence.ownStored === true) return rewrittenLink(finding, parts)
  const moved = parts.quarantineLink(evidence.link === undefined ? 'path' : 'link')
  if (evidence.ownersUnread === true) return onceOwnersAreWhole(parts, moved)
  const survives =
    salvage === undefined ? '' : ' Its manifest is still stored, but not all that it names: it cannot be restored.'
  return {
    action: 'remove-link',
    why: `Nothing needs the link, and it can stop garbage collection.${survives} The only loss, for a revision, is pulling by its digest.`,
    steps: moved,
  }
}
