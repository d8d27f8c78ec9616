import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'
import { bytes } from '../phrases.ts'

/** See `docs/findings/blob-unreferenced.md`. */
export const blobUnreferenced: FindingKind<'blob-unreferenced'> = {
  causes: ['unreferenced'],
  severities: ['notice'],
  thing: 'blob',
  state: 'not needed',
  garbage: 'blob_unreferenced',
  message: ({ evidence }) =>
    `No manifest names this blob: ${bytes(evidence.bytes)} that a garbage collection would free.`,
  remedy: () => adviceOnly('none', 'A garbage collection frees it.'),
}
