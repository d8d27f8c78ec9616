import { HASH, LINE_FEED, RETURN, SPACE, TAB } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { UNUSUAL } from './unusual.ts'

/**
 * Where the next line starts, if there is nothing behind an offset but spaces and a comment. It may be behind the end
 * of the text.
 *
 * @throws {UNUSUAL} if there is more
 */
export function restOfLine(text: string, offset: number): number {
  let at = offset
  while (text.charCodeAt(at) === SPACE) at += 1
  const code = text.charCodeAt(at)
  if (code === LINE_FEED) return at + 1
  if (Number.isNaN(code)) return at
  if (code === RETURN) return at + 2
  if (code !== HASH || text.charCodeAt(at - 1) !== SPACE) throw UNUSUAL
  return behindLine(text, at)
}

/** Moves the cursor to the first line with content from `start` on. Returns its column; -1 at the end. `...` ends a document. */
export function nextLine(cursor: Cursor, start: number): number {
  const { text, end } = cursor
  let line = start
  while (line < end) {
    let at = line
    let code = text.charCodeAt(at)
    while (code === SPACE) {
      at += 1
      code = text.charCodeAt(at)
    }
    if (code === LINE_FEED) line = at + 1
    else if (code === RETURN) line = at + 2
    else if (code === HASH) line = behindLine(text, at)
    else if (code === TAB) throw UNUSUAL
    else if (at >= end) break
    else if (at === line && text.startsWith('...', at)) throw UNUSUAL
    else {
      cursor.at = at
      return at - line
    }
  }
  cursor.at = end
  return -1
}

/** Where the next line starts, or the end of the text. */
function behindLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}
