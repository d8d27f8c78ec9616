import type { Parts } from '../../repair/parts.ts'
import { pushAgain } from '../../repair/remedies/push-again.ts'
import { replaceFile } from '../../repair/remedies/replace-file.ts'
import { adviceOnly, type Remedy } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { Evidence } from '../evidence.ts'
import type { AnyFinding } from '../finding.ts'
import type { FindingKind } from '../kind.ts'
import { bytes, text } from '../phrases.ts'

/** See `docs/findings/manifest-damaged.md`. */
export const manifestDamaged: FindingKind<'manifest-damaged'> = {
  causes: ['wrong-link', 'empty', 'digest-mismatch', 'unparsable', 'ambiguous', 'media-type-refused', 'too-large'],
  severities: ['error', 'warning'],
  thing: 'manifest',
  state: 'damaged',
  provedFrom: { depth: 'graph', by: 'any' },
  counts: 'manifests',
  hides: true,
  losesContent: true,
  message: ({ cause, evidence }) => MESSAGES[cause](evidence),
  remedy: damagedManifest,
}

const MESSAGES: Readonly<Record<CauseOf<'manifest-damaged'>, (evidence: Evidence) => string>> = {
  'wrong-link': ({ linkNames }) =>
    `The revision link names another manifest (${text(linkNames)}), which is served instead.`,
  empty: () => 'The manifest is an empty file: pulling it fails with 500.',
  'digest-mismatch': ({ measuredDigest }) => `The bytes of the manifest hash to ${text(measuredDigest)}.`,
  unparsable: ({ refusedBy, refusal }) =>
    refusedBy === 'client'
      ? `The hash is right and the registry serves it, but clients cannot read it: ${text(refusal)}.`
      : `The hash is right, but it is not a manifest: ${text(refusal)}.`,
  ambiguous: ({ refusal }) =>
    `The document is ambiguous (${text(refusal)}): clients disagree on what it is and refuse it.`,
  'media-type-refused': ({ refusedBy, refusal }) =>
    refusedBy === 'client'
      ? `The hash is right and the registry serves it, but clients refuse its media type (${text(refusal)}).`
      : `The hash is right, but distribution does not serve its media type (${text(refusal)}).`,
  'too-large': ({ refusedBy, measuredSize }) =>
    refusedBy === 'client'
      ? `The manifest has ${bytes(measuredSize)}: the registry serves it, but clients refuse more than 4 MiB.`
      : `The manifest has ${bytes(measuredSize)}: distribution answers 500 to more than 4 MiB.`,
}

function damagedManifest(finding: AnyFinding, parts: Parts): Remedy {
  switch (finding.cause) {
    case 'wrong-link':
      if (finding.salvage?.isWhole)
        return {
          action: 'put-manifest',
          why: 'Something rewrote the revision link. The right bytes are still stored: uploading them again rewrites the link.',
          steps: parts.salvage(),
        }
      return {
        ...pushAgain(parts, 'Something rewrote the revision link, and not all of the right bytes are stored.'),
        steps: [...parts.quarantineLink('link'), ...parts.copies()],
      }
    case 'empty':
    case 'digest-mismatch':
      return replaceFile(parts, 'A crash, a full disk, a bad disk or an edit.')
    default:
      return adviceOnly(
        'rebuild',
        'The bytes match their digest, so pushing the same image does not repair it. Rebuild it and push it under the tag.',
      )
  }
}
