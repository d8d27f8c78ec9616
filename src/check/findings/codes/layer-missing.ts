import { missingBlob } from '../../repair/remedies/missing-blob.ts'
import type { FindingKind } from '../kind.ts'
import { absent } from '../phrases.ts'

/** See `docs/findings/layer-missing.md`. */
export const layerMissing: FindingKind<'layer-missing'> = {
  causes: ['layer-link-missing', 'layer-link-invalid', 'blob-missing', 'not-served'],
  severities: ['error', 'warning'],
  thing: 'layer',
  state: 'missing',
  provedFrom: { depth: 'blobs', by: 'any' },
  counts: 'blobs',
  losesContent: true,
  message: ({ cause, evidence }) =>
    evidence.namedByIndex === true
      ? `The index is served, but this blob that it names is not: ${absent(cause, evidence)}.`
      : `The manifest is served, but this layer is not: ${absent(cause, evidence)}.`,
  remedy: missingBlob,
}
