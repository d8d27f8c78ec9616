import { missingManifest } from '../../repair/remedies/missing-manifest.ts'
import type { CauseOf } from '../code.ts'
import type { Evidence } from '../evidence.ts'
import type { FindingKind } from '../kind.ts'
import { content, gone } from '../phrases.ts'

/** See `docs/findings/tag-dangling.md`. */
export const tagDangling: FindingKind<'tag-dangling'> = {
  causes: [
    'link-missing',
    'link-invalid',
    'revision-link-missing',
    'revision-link-invalid',
    'manifest-missing',
    'not-served',
  ],
  severities: ['error'],
  thing: 'manifest',
  state: 'missing',
  provedFrom: { depth: 'graph', by: 'any' },
  hides: true,
  message: ({ cause, evidence }) => MESSAGES[cause](evidence),
  remedy: missingManifest,
}

const MESSAGES: Readonly<Record<CauseOf<'tag-dangling'>, (evidence: Evidence) => string>> = {
  'link-missing': () => 'The tag is listed but has no link: pulling it fails.',
  'link-invalid': (evidence) =>
    `The tag's link holds ${content(evidence)} instead of a digest: pulling it fails with 500.`,
  'revision-link-missing': () =>
    'The tag names a manifest that the repository no longer links: pulling it fails with 404.',
  'revision-link-invalid': (evidence) =>
    `The tag names a manifest whose revision link holds ${content(evidence)} instead of a digest: pulling it fails with 500.`,
  'manifest-missing': (evidence) =>
    `The tag names a manifest that is not served, because ${gone(evidence)}: pulling it fails with 404.`,
  'not-served': (evidence) =>
    evidence.askedFor === undefined
      ? 'The tag is listed, but the registry does not serve it.'
      : `There is no such ${unknownThing(evidence)}. If it has just been pushed, use a longer --recheck-delay.`,
}

/** What the registry does not know, for a tag that it did not list. */
function unknownThing({ askedFor, repositoryExists }: Evidence): string {
  if (repositoryExists === false) return 'repository, or it has no tags'
  const what = askedFor === 'digest' ? 'manifest' : 'tag'
  return repositoryExists === true ? `${what} in this repository` : `${what}, or no such repository`
}
