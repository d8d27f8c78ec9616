import { LINE_FEED, RETURN, SPACE, TAB } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { UNUSUAL } from './unusual.ts'

const HEADER = /[|>][-+]?(?=[ \r\n]|$)/y

/**
 * The header of a block scalar without an indentation, such as `|-`.
 *
 * @see YAML 1.2.2, 8.1.1 "Block Scalar Headers"
 */
export function headerOfBlockScalar(text: string, start: number): string {
  HEADER.lastIndex = start
  const [header] = HEADER.exec(text) ?? []
  if (header === undefined) throw UNUSUAL
  return header
}

/**
 * Where the content of a block scalar ends: all lines that are blank, or indented as the first that is not. Blank
 * lines at the end belong to it if the header says so (`+`), or if they are indented deeper.
 *
 * @param cursor at the line after the header
 * @param parent its content is indented deeper than this column
 */
export function endOfBlockScalar({ text, at: start, end: limit }: Cursor, parent: number, header: string): number {
  const { indent, blank } = firstIndent(text, start, limit)
  let end = blank
  if (indent > parent) {
    for (let line = blank; line < limit; line = end) {
      if (!belongs(text, line, limit, indent)) break
      const feed = text.indexOf('\n', line)
      end = feed < 0 || feed >= limit ? limit : feed + 1
    }
  }
  if (isTabbed(text, end, limit)) throw UNUSUAL
  return header.endsWith('+') ? end : withoutBlankLines(text, start, end, indent)
}

/** The indentation of the first line that is not blank, and where that line starts. */
function firstIndent(text: string, start: number, limit: number): { readonly indent: number; readonly blank: number } {
  let line = start
  let most = 0
  for (let at = start; at < limit; at += 1) {
    const code = text.charCodeAt(at)
    if (code === LINE_FEED) {
      most = Math.max(most, at - line)
      line = at + 1
    } else if (code !== SPACE && code !== RETURN) {
      const indent = at - line
      // Blank lines before it must not be longer: it is an error, or changes the indentation.
      if (most > indent) throw UNUSUAL
      return { indent, blank: line }
    }
  }
  // Nothing but blank lines: where they end is a matter for the full parser.
  if (limit > start) throw UNUSUAL
  return { indent: 0, blank: line }
}

/** Whether a line is blank or indented enough. */
function belongs(text: string, line: number, limit: number, indent: number): boolean {
  let at = line
  while (at < limit && text.charCodeAt(at) === SPACE) at += 1
  const code = text.charCodeAt(at)
  return at - line >= indent || code === LINE_FEED || (code === RETURN && text.charCodeAt(at + 1) === LINE_FEED)
}

/** Whether the next line that is not blank starts with a tab. */
function isTabbed(text: string, line: number, limit: number): boolean {
  let at = line
  while (at < limit && text.charCodeAt(at) === SPACE) at += 1
  return text.charCodeAt(at) === TAB
}

function withoutBlankLines(text: string, start: number, contentEnd: number, indent: number): number {
  let end = contentEnd
  for (;;) {
    const lastCode = text.charCodeAt(end - 1)
    if (lastCode === SPACE) throw UNUSUAL
    if (lastCode !== LINE_FEED) return end
    let last = end - 2
    if (text.charCodeAt(last) === RETURN) last -= 1
    let at = last
    while (text.charCodeAt(at) === SPACE) at -= 1
    if (text.charCodeAt(at) !== LINE_FEED || at < start || last - at > indent) return end
    end = at + 1
  }
}
