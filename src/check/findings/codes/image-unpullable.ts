import { adviceOnly } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { FindingKind } from '../kind.ts'
import { neededBy } from '../phrases.ts'

/** See `docs/findings/image-unpullable.md`. */
export const imageUnpullable: FindingKind<'image-unpullable'> = {
  causes: ['not-found', 'damaged', 'partly-damaged'],
  severities: ['error'],
  thing: 'image',
  state: 'cannot be pulled',
  isAboutUse: true,
  message: ({ cause, evidence }) => `${WHAT[cause]} (${evidence.because.join(', ')}). ${neededBy(evidence.usedBy)}`,
  remedy: ({ evidence }) =>
    adviceOnly(
      'none',
      `Repair what is wrong with the image: ${evidence.because.join(', ')}, reported beside this. Or deploy an image that is intact. What already runs keeps running until it is restarted or moved.`,
    ),
}

const WHAT: Readonly<Record<CauseOf<'image-unpullable'>, string>> = {
  'not-found': 'The registry does not have this image',
  damaged: 'This image cannot be pulled',
  'partly-damaged': 'A part of this image is damaged, so some pulls fail',
}
