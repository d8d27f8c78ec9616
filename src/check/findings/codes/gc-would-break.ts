import { adviceOnly } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { FindingKind } from '../kind.ts'
import { neededBy } from '../phrases.ts'

/** See `docs/findings/gc-would-break.md`. */
export const gcWouldBreak: FindingKind<'gc-would-break'> = {
  causes: ['revision-deleted', 'blob-deleted', 'layer-link-deleted'],
  severities: ['error'],
  thing: 'image',
  state: 'broken by the next garbage collection',
  isForecast: true,
  message: ({ cause, evidence: { collections, object, usedBy } }) =>
    `${WHAT[cause](object)} would be deleted by garbage-collect of ${collections.join(', ')}, and what needs it can be pulled now.${usedBy === undefined ? '' : ` ${neededBy(usedBy)}`}`,
  remedy: ({ cause, evidence: { collections } }) => adviceOnly('none', adviceFor(cause, collections)),
}

const WHAT: Readonly<Record<CauseOf<'gc-would-break'>, (object: string) => string>> = {
  'revision-deleted': () => 'The revision of this manifest',
  'blob-deleted': (object) => `The content of this ${object}`,
  'layer-link-deleted': (object) => `The repository's link to this ${object}`,
}

function adviceFor(cause: CauseOf<'gc-would-break'>, collections: readonly string[]): string {
  const only = collections.every((name) => name.includes('--delete-untagged'))
  if (only)
    return 'Leave --delete-untagged (-m) out of the job: without it this stays. Or give what is needed a tag of its own before the job runs.'
  return cause === 'layer-link-deleted'
    ? 'Do not run the job before this is repaired: regfsck scan shows what is wrong with the repository. Or give what is needed a tag of its own.'
    : 'Do not run the job before this is repaired: regfsck scan shows what is wrong with the repository. Keep a backup of the storage.'
}
