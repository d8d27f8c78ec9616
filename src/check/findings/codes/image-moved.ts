import { adviceOnly } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { FindingKind } from '../kind.ts'
import { placesText } from '../phrases.ts'

/** See `docs/findings/image-moved.md`. */
export const imageMoved: FindingKind<'image-moved'> = {
  causes: ['another-digest', 'another-config'],
  severities: ['error', 'warning'],
  thing: 'tag',
  state: 'not what runs',
  isAboutUse: true,
  message: ({ cause, evidence: { digest, running } }) => {
    const shown = running.slice(0, MOST).map(({ digest: one, usedBy }) => `${one} (${placesText(usedBy)})`)
    const rest = running.length - MOST
    return `The tag is now ${digest}. ${WHAT[cause]}: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`
  },
  remedy: ({ evidence: { digest } }) =>
    adviceOnly(
      'none',
      `If the new image is meant to run, restart what needs it with an image named by ${digest}: a name that has not changed is not pulled again. If not, name the digest that runs.`,
    ),
}

const WHAT: Readonly<Record<CauseOf<'image-moved'>, string>> = {
  'another-digest': 'Another image runs',
  'another-config': 'An image with another config runs',
}

/** Digests that one sentence names. */
const MOST = 3
