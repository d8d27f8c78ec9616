import { APOSTROPHE, LINE_FEED, QUOTE, SPACE, TAB } from './characters.ts'
import { UNUSUAL } from './unusual.ts'

/** A part of a text that is read from its start to its end. */
export interface Cursor {
  readonly text: string
  /** The next character. */
  at: number
  readonly end: number
}

/** Goes over spaces. */
export function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.at) === SPACE) cursor.at += 1
}

/**
 * Where the text in quotation marks that starts at an offset ends: behind the second mark.
 *
 * @throws {UNUSUAL} if it does not end
 */
export function endOfQuoted(text: string, start: number, limit: number): number {
  const end = text.charCodeAt(start) === QUOTE ? endOfDouble(text, start) : endOfSingle(text, start)
  if (end < 0 || end >= limit) throw UNUSUAL
  return end + 1
}

function endOfDouble(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let from = at
  while (text.charAt(from - 1) === '\\') from -= 1
  return (at - from) % 2 === 1
}

function endOfSingle(text: string, start: number): number {
  let end = text.indexOf("'", start + 1)
  while (end >= 0 && text.charCodeAt(end + 1) === APOSTROPHE) end = text.indexOf("'", end + 2)
  return end
}

/** Whether a part has a line feed or a tab. */
export function hasBreakOrTab(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === LINE_FEED || code === TAB) return true
  }
  return false
}
