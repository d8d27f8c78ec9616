import { replaceFile } from '../../repair/remedies/replace-file.ts'
import type { FindingKind } from '../kind.ts'
import { bytes } from '../phrases.ts'

/** See `docs/findings/blob-size-mismatch.md`. */
export const blobSizeMismatch: FindingKind<'blob-size-mismatch'> = {
  causes: ['empty', 'truncated', 'extended'],
  severities: ['error', 'warning'],
  thing: 'blob',
  state: 'wrong size',
  provedFrom: { depth: 'blobs', by: 'any' },
  counts: 'blobs',
  losesContent: true,
  message: ({ cause, evidence }) =>
    `The file is ${cause}: ${bytes(evidence.measuredSize)} instead of ${bytes(evidence.claimedSize)}.`,
  remedy: (_, parts) => replaceFile(parts, 'A crash, a full disk or a storage fault.'),
}
