import type { Finding } from '../../check/findings/finding.ts'
import { imageName } from '../../oci/image-name.ts'
import { harmless } from '../escape.ts'
import { some } from '../text/counts.ts'

/** Tags named in one comment. */
const MOST_TAGS = 8
/** Findings named in one comment. */
export const MOST_FINDINGS = 8

/** A finding as one line of a comment. */
export function named({ code, cause, repository, digest, tag, tags }: Finding): string {
  const what = tag ?? digest
  const hit = tags.length > 0 ? `, tags ${some(tags, MOST_TAGS)}` : ''
  const place = what === undefined ? (repository ?? '') : imageName(repository ?? '', what)
  return comment(`${code} (${cause}) of ${place}${tag === undefined ? hit : ''}`)
}

/** Text that is safe in a comment: it has no line feed. */
export function comment(text: string): string {
  return harmless(text)
}

/** Text as one quoted word for the shell. */
export function word(text: string): string {
  return `'${harmless(text).replaceAll("'", String.raw`'\''`)}'`
}
