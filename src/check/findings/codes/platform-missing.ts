import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'
import { neededBy } from '../phrases.ts'

/** See `docs/findings/platform-missing.md`. */
export const platformMissing: FindingKind<'platform-missing'> = {
  causes: ['not-in-image'],
  severities: ['error'],
  thing: 'platform',
  state: 'missing',
  isAboutUse: true,
  message: ({ evidence: { platform, has, usedBy } }) =>
    `The image has nothing for ${platform}; it has ${has.length === 0 ? 'no platform at all' : has.join(', ')}. ${neededBy(usedBy)}`,
  remedy: ({ evidence: { platform } }) =>
    adviceOnly(
      'none',
      `Build and push the image for ${platform} too ("docker buildx build --platform"), or run it on nodes of a platform that it has.`,
    ),
}
