import { missingBlob } from '../../repair/remedies/missing-blob.ts'
import type { FindingKind } from '../kind.ts'
import { absent } from '../phrases.ts'

/** See `docs/findings/config-missing.md`. */
export const configMissing: FindingKind<'config-missing'> = {
  causes: ['layer-link-missing', 'layer-link-invalid', 'blob-missing', 'not-served'],
  severities: ['error', 'warning'],
  thing: 'config',
  state: 'missing',
  provedFrom: { depth: 'blobs', by: 'any' },
  counts: 'blobs',
  losesContent: true,
  message: ({ cause, evidence }) => `The manifest is served, but its config is not: ${absent(cause, evidence)}.`,
  remedy: missingBlob,
}
