import type { AnyFinding } from '../../findings/finding.ts'
import { causeText } from '../culprit.ts'
import type { Parts } from '../parts.ts'
import type { Remedy } from '../remedy.ts'
import { COPY, pushAgain, SCAN_STORAGE } from './push-again.ts'

const GC_OFF = 'Stop all garbage collection until then: any run deletes what it names.'

/** A tag or an index names a missing manifest. */
export function missingManifest(finding: AnyFinding, parts: Parts): Remedy {
  if (finding.cause === 'not-served') return pushAgain(parts, SCAN_STORAGE)
  if (finding.cause === 'link-missing' || finding.cause === 'link-invalid') return lostTag(finding, parts)
  if (finding.salvage?.isWhole)
    return {
      action: 'put-manifest',
      why: `${causeText(finding)} Its bytes and all that it names are still stored: upload the same bytes again, children before their index. Nothing needs to be rebuilt. ${GC_OFF}`,
      steps: parts.salvage(),
    }
  return pushAgain(parts, causeText(finding))
}

/** Restores the link of a tag if its history shows the digest and that is still stored. */
function lostTag(finding: AnyFinding, parts: Parts): Remedy {
  const { evidence, salvage } = finding
  if (evidence.tagIs === 'a file')
    return {
      action: 'remove-file',
      why: 'It is a file in the directory of the tags, probably left by a desktop or a sync tool. The registry lists it as a tag and garbage-collect -m stops at it. Move it away.',
      steps: parts.quarantine('path', { is: 'directory' }),
    }
  const danger = 'Do not run garbage-collect -m before that: it treats the image as untagged.'
  if (salvage?.isWhole)
    return {
      action: 'retag',
      why: `According to its history it named ${salvage.digest}, which is still stored with all that it needs: upload that manifest again under the tag. ${danger}`,
      steps: [...parts.salvage(), ...parts.tag()],
    }
  const { history = [], lastPushed } = evidence
  const known = lastPushed !== undefined
  const why = known
    ? `It last named ${lastPushed}, which is no longer completely stored.`
    : history.length === 0
      ? 'Nothing is left that shows which image it named.'
      : `It has named ${history.length} images, and their times do not show which was the last: ${history.slice(0, 3).join(', ')}.`
  const copied = pushAgain(
    parts,
    why,
    known ? COPY : 'Copy the tag from a registry that still has it, or delete the tag.',
  )
  // Other repairs may restore what it needs. Then no other registry has to have it.
  return { ...copied, steps: [...copied.steps, ...parts.tag()] }
}
