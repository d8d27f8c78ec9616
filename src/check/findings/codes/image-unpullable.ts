import { adviceOnly } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { FindingKind } from '../kind.ts'
import { neededBy } from '../phrases.ts'

/** See `docs/findings/image-unpullable.md`. */
export const imageUnpullable: FindingKind<'image-unpullable'> = {
  causes: ['not-found', 'damaged', 'partly-damaged', 'blocked'],
  severities: ['error'],
  thing: 'image',
  state: 'cannot be pulled',
  isAboutUse: true,
  message: ({ cause, evidence }) => {
    const why = cause === 'blocked' ? evidence.blockedBy : evidence.because.join(', ')
    const needed = evidence.usedBy.length === 0 ? '' : ` ${neededBy(evidence.usedBy)}`
    return `${WHAT[cause]}${why === undefined ? '' : ` (${why})`}.${needed}`
  },
  remedy: ({ cause, evidence }) => {
    if (cause === 'blocked') return adviceOnly('none', BLOCKED)
    return adviceOnly(
      'none',
      `Repair what is wrong with the image: ${evidence.because.join(', ')}, reported beside this. Or deploy an image that is intact. What already runs keeps running until it is restarted or moved.`,
    )
  },
}

const BLOCKED =
  'Deploy the image from a registry that may be pulled from, or change the configuration of the container runtime. What already runs keeps running until it is restarted or moved.'

const WHAT: Readonly<Record<CauseOf<'image-unpullable'>, string>> = {
  'not-found': 'The registry does not have this image',
  damaged: 'This image cannot be pulled',
  blocked: 'The container runtime refuses to pull this image',
  'partly-damaged': 'A part of this image is damaged, so some pulls fail',
}
