import { missingManifest } from '../../repair/remedies/missing-manifest.ts'
import type { FindingKind } from '../kind.ts'
import { absent } from '../phrases.ts'

/** See `docs/findings/index-child-missing.md`. */
export const indexChildMissing: FindingKind<'index-child-missing'> = {
  causes: ['revision-link-missing', 'revision-link-invalid', 'manifest-missing', 'not-served'],
  severities: ['error', 'warning'],
  thing: 'manifest',
  state: 'missing',
  provedFrom: { depth: 'graph', by: 'any' },
  counts: 'manifests',
  hides: true,
  losesContent: true,
  message: ({ cause, evidence }) => `The index is served, but this child is not: ${absent(cause, evidence)}.`,
  remedy: missingManifest,
}
