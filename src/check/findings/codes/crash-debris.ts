import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'
import { bytes } from '../phrases.ts'

/** See `docs/findings/crash-debris.md`. */
export const crashDebris: FindingKind<'crash-debris'> = {
  causes: ['temporary-file'],
  severities: ['notice'],
  thing: 'temporary file',
  state: 'left behind',
  garbage: 'crash_debris',
  message: ({ evidence }) => `A temporary file left by a crash: ${bytes(evidence.bytes)}.`,
  remedy: () => adviceOnly('none', 'Nothing reads it; it only takes up space.'),
}
