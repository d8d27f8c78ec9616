import { replaceFile } from '../../repair/remedies/replace-file.ts'
import { rewrittenLink } from '../../repair/remedies/rewritten-link.ts'
import type { FindingKind } from '../kind.ts'
import { text } from '../phrases.ts'

/** See `docs/findings/blob-digest-mismatch.md`. */
export const blobDigestMismatch: FindingKind<'blob-digest-mismatch'> = {
  causes: ['wrong-link', 'altered'],
  severities: ['error', 'warning'],
  thing: 'blob',
  state: 'altered',
  provedFrom: { depth: 'content', by: 'any' },
  counts: 'blobs',
  losesContent: true,
  message: ({ cause, evidence }) =>
    cause === 'wrong-link'
      ? `The layer link names another blob (${text(evidence.linkNames)}), which is served instead.`
      : 'The file has the right size, but its bytes do not match its digest.',
  remedy: (finding, parts) =>
    finding.cause === 'wrong-link'
      ? rewrittenLink(finding, parts)
      : replaceFile(parts, 'A crash, a full disk or a storage fault.'),
}
