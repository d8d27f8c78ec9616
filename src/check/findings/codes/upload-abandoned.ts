import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'
import { bytes } from '../phrases.ts'

/** See `docs/findings/upload-abandoned.md`. */
export const uploadAbandoned: FindingKind<'upload-abandoned'> = {
  causes: ['expired'],
  severities: ['notice'],
  thing: 'upload',
  state: 'abandoned',
  garbage: 'upload_abandoned',
  message: ({ evidence }) => `An upload started ${evidence.startedAt} and never finished: ${bytes(evidence.bytes)}.`,
  remedy: () => adviceOnly('none', "The registry's upload purging removes it after 168 hours."),
}
