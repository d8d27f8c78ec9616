import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'
import { neededBy } from '../phrases.ts'

/** See `docs/findings/image-unpinned.md`. */
export const imageUnpinned: FindingKind<'image-unpinned'> = {
  causes: ['latest', 'floating-tag'],
  severities: ['error', 'warning', 'notice'],
  thing: 'image',
  state: 'not pinned',
  isAboutUse: true,
  message: ({ cause, evidence: { usedBy, digest } }) =>
    `${cause === 'latest' ? 'The tag latest, or no tag, moves with every push' : 'A tag can be pushed again'}: the next pull may get another image than the one checked here${digest === undefined ? '' : `, ${digest}`}. ${neededBy(usedBy)}`,
  remedy: ({ evidence: { digest } }) =>
    adviceOnly(
      'none',
      digest === undefined
        ? 'Name the image by its digest once it is intact.'
        : `Write the digest behind the tag, which then is only for people: …@${digest}`,
    ),
}
