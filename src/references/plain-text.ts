import { parseReference } from '../oci/reference.ts'

/** In UTF-16 units. */
const HEAD = 2 ** 16

/**
 * Whether the first instruction is ARG or FROM, and there is a FROM that a builder would take. `from os import path` is
 * none.
 *
 * @see Dockerfile reference, "Format": a Dockerfile begins with FROM, after directives, comments and ARG
 */
export function looksLikeDockerfile(text: string): boolean {
  const lines = significantLines(text)
  return /^(?:ARG|FROM)\s/i.test(lines[0] ?? '') && lines.some((line) => FROM.test(line))
}

const FROM = /^FROM\s+(?:--\S+\s+)*(?:\\|\S+\s*(?:\\|AS\s+\S+\s*)?)$/i

/** Whether each line is one word, most of them are references, and at least one is no plain word. */
export function looksLikeList(text: string): boolean {
  const lines = significantLines(text).map((line) => line.replace(/\s#.*$/, ''))
  if (lines.length === 0 || lines.some((line) => /\s/.test(line.trim()))) return false
  const references = lines.filter((line) => isReference(line.trim()))
  return references.length * 2 > lines.length && references.some((line) => /[/:@]/.test(line))
}

function significantLines(text: string): readonly string[] {
  const lines = text.slice(0, HEAD).split(/\r\n?|\n/)
  // The last line of a part is cut.
  if (text.length > HEAD) lines.pop()
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
}

function isReference(text: string): boolean {
  try {
    parseReference(text)
    return true
  } catch {
    return false
  }
}
