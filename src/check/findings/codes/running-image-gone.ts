import { adviceOnly } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { FindingKind } from '../kind.ts'
import { neededBy } from '../phrases.ts'

/** See `docs/findings/running-image-gone.md`. */
export const runningImageGone: FindingKind<'running-image-gone'> = {
  causes: ['not-served', 'damaged', 'config-not-served'],
  severities: ['error'],
  thing: 'running image',
  state: 'gone',
  isAboutUse: true,
  message: ({ cause, evidence: { usedBy, because, digest } }) =>
    `${WHAT[cause]}${because.length === 0 ? '' : ` (${because.join(', ')})`}. ${digest === undefined ? 'The registry has nothing else by this name' : `The name is now ${digest}`}. ${neededBy(usedBy)}`,
  remedy: () =>
    adviceOnly(
      'none',
      'It runs only as long as its machine keeps it. Save it from there and push it, or deploy an image that is intact before a restart or a move does.',
    ),
}

const WHAT: Readonly<Record<CauseOf<'running-image-gone'>, string>> = {
  'not-served': 'This image runs, and the registry no longer has it',
  damaged: 'This image runs, and can no longer be pulled',
  'config-not-served': 'An image with this config runs, and the registry does not have it',
}
