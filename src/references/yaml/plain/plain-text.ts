import { COLON, HASH, isEmpty, isLineEnd, LINE_FEED, RETURN, SPACE, TAB } from './characters.ts'
import { UNUSUAL } from './unusual.ts'

/** Where the colon of the plain key is that starts at an offset; -1 if the line has none. */
export function colonOfKey(text: string, start: number): number {
  for (let at = start; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code === COLON) {
      if (isEmpty(text.charCodeAt(at + 1))) {
        if (text.charCodeAt(at - 1) === SPACE) throw UNUSUAL
        return at
      }
    } else if (isLineEnd(code)) return -1
    else if (code === HASH && text.charCodeAt(at - 1) === SPACE) return -1
    else if (code === TAB) throw UNUSUAL
  }
}

/**
 * Where the plain text that starts at an offset ends on its line.
 *
 * @throws {UNUSUAL} if it has a tab, or a colon that makes it a key
 */
export function endOfPlain(text: string, start: number): number {
  let end = start
  for (let at = start; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code === SPACE) continue
    if (isLineEnd(code)) return end
    if (code === HASH && at > end && at > start) return end
    if (code === TAB || (code === COLON && isEmpty(text.charCodeAt(at + 1)))) throw UNUSUAL
    end = at + 1
  }
}

/** Whether a comment follows on the same line. */
export function hasComment(text: string, end: number): boolean {
  let at = end
  while (text.charCodeAt(at) === SPACE) at += 1
  return text.charCodeAt(at) === HASH
}

/**
 * Where a plain text over several lines ends: before a comment, or before the first line that is not indented deeper
 * than `parent`.
 */
export function endOfFolded(text: string, firstEnd: number, limit: number, parent: number): number {
  let end = firstEnd
  let line = text.indexOf('\n', end) + 1
  while (line > 0 && line < limit) {
    let at = line
    while (text.charCodeAt(at) === SPACE) at += 1
    const code = text.charCodeAt(at)
    if (code !== LINE_FEED && code !== RETURN) {
      if (at >= limit || code === HASH || at - line <= parent) break
      end = endOfPlain(text, at)
      if (hasComment(text, end)) break
    }
    line = text.indexOf('\n', at) + 1
  }
  return end
}
