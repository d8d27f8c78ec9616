import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'
import { bytes, text } from '../phrases.ts'

/** See `docs/findings/descriptor-mismatch.md`. */
export const descriptorMismatch: FindingKind<'descriptor-mismatch'> = {
  causes: ['size', 'media-type'],
  severities: ['error', 'warning'],
  thing: 'object',
  state: 'not as claimed',
  provedFrom: { depth: 'blobs', by: 'any' },
  message: ({ cause, evidence }) =>
    cause === 'size'
      ? `Its parent claims ${bytes(evidence.claimedSize)}; the object is intact and has ${bytes(evidence.measuredSize)}. Some clients refuse it.`
      : `Its index claims ${text(evidence.claimedMediaType)}; it is ${text(evidence.measuredMediaType)}. Some clients refuse it.`,
  remedy: () =>
    adviceOnly(
      'rebuild',
      'The stored content is intact. The wrong claim is part of a manifest, and so of its digest: build that manifest again with a correct tool. Never edit files in blobs/.',
    ),
}
