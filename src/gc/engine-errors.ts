import type { LinkContent, LinkError, TagLink } from './inventory.ts'

/** How each engine words an error of a link's text. */
const LINK_ERRORS: Readonly<Record<LinkError, string>> = {
  format: 'invalid checksum digest format',
  'unsupported-algorithm': 'unsupported digest algorithm',
  length: 'invalid checksum digest length',
  'invalid-path': 'invalid path',
}

/**
 * The error of an engine for a link that it cannot read.
 *
 * @param path as the engine writes it: errors of the system have the complete one
 * @param driver its name
 * @returns `isPath`: it passes through walks as it is
 */
export function linkError(
  content: Extract<LinkContent | TagLink, { readonly is: 'invalid' | 'misplaced' }>,
  path: string,
  driver: string,
): { readonly text: string; readonly isPath: boolean } {
  const invalidPath = content.error === 'invalid-path' || content.error === 'invalid path'
  if (invalidPath) return { text: `${driver}: invalid path: ${path}`, isPath: true }
  if (content.is === 'invalid') return { text: LINK_ERRORS[content.error], isPath: false }
  const verb = content.error === 'is a directory' ? 'read' : 'open'
  return { text: `${driver}: ${verb} ${path}: ${content.error}`, isPath: false }
}

/** The words of an engine for the path of a stray `data`. */
export function strayErrorText(error: LinkError | 'crash'): string {
  return error === 'crash' ? 'panic: runtime error: slice bounds out of range [:2] with length 1' : LINK_ERRORS[error]
}
