import type { AnyFinding } from '../../findings/finding.ts'
import type { Parts } from '../parts.ts'
import type { Remedy } from '../remedy.ts'
import { COPY } from './push-again.ts'

/** A layer link names another blob than its own. */
export function rewrittenLink({ evidence }: AnyFinding, parts: Parts): Remedy {
  const traces = 'Something rewrote the layer link. Move it away, because a push skips the layer as already there.'
  if (evidence.ownStored === true)
    return {
      action: 'upload-blob',
      why: `${traces} The right bytes are still stored: uploading them again rewrites the link.`,
      steps: [...parts.quarantineLink('link'), ...parts.upload('ownPath')],
    }
  return {
    action: 'push-again',
    why: `${traces} ${parts.copyText(COPY)}`,
    steps: [...parts.quarantineLink('link'), ...parts.copies()],
  }
}
