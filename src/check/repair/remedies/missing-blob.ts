import type { AnyFinding } from '../../findings/finding.ts'
import type { Parts } from '../parts.ts'
import type { Remedy } from '../remedy.ts'
import { COPY, pushAgain, RESTART, SCAN_STORAGE } from './push-again.ts'
import { replaceFile } from './replace-file.ts'
import { rewrittenLink } from './rewritten-link.ts'

/** A config or layer is missing, or its link is invalid. */
export function missingBlob(finding: AnyFinding, parts: Parts): Remedy {
  const { cause, evidence } = finding
  if (cause === 'not-served') return pushAgain(parts, `${SCAN_STORAGE} ${RESTART}`)
  const traces =
    cause === 'layer-link-invalid'
      ? 'A crash or a full disk left a bad link.'
      : 'An interrupted push, or a link that was deleted.'
  if (evidence.blobDamaged === true) return replaceFile(parts, `${traces} The file of the blob is damaged too.`)
  if (evidence.blobStored === true)
    return {
      action: 'upload-blob',
      why: `${traces} The bytes are still stored: upload them again from there, which rewrites the link.`,
      steps: [...parts.quarantineLink('path', cause === 'layer-link-invalid'), ...parts.upload('blobPath')],
    }
  if (evidence.ownPath !== undefined) return rewrittenLink(finding, parts)
  if (evidence.dataIs !== undefined)
    return replaceFile(parts, 'There is a directory in place of the file, and no push replaces it.')
  if (cause === 'layer-link-invalid')
    return {
      action: 'push-again',
      why: `${traces} The bytes are gone too. A push fails at the link: move it away first. ${parts.copyText(COPY)}`,
      steps: [...parts.quarantineLink('path'), ...parts.copies()],
    }
  return pushAgain(
    parts,
    `A garbage collection during a push, a push against a stale cache, or a deletion by hand. ${RESTART}`,
  )
}
