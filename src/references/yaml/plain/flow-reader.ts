import { DEEPEST } from '../depth.ts'
import type { Entry, Node } from '../node.ts'
import {
  APOSTROPHE,
  COLON,
  COMMA,
  HASH,
  isEmpty,
  isFlowIndicator,
  isLineEnd,
  LEFT_BRACE,
  LEFT_BRACKET,
  QUOTE,
  RIGHT_BRACE,
  RIGHT_BRACKET,
  SPACE,
  startsPlain,
} from './characters.ts'
import { type Cursor, endOfQuoted, hasBreakOrTab, skipSpaces } from './cursor.ts'
import { plainNode, quotedNode } from './scalars.ts'
import { UNUSUAL } from './unusual.ts'

/**
 * Reads a flow collection on one line, such as `["sh", "-c"]` or `{cpu: 100m}`; the cursor is at its first character,
 * then behind its last.
 *
 * @throws {UNUSUAL} for all that is rare: keys without values, pairs in lists, a comma at the end
 * @see YAML 1.2.2, 7.4 "Flow Collection Styles"
 */
export function readFlow(cursor: Cursor, depth: number): Node {
  if (depth > DEEPEST) throw UNUSUAL
  return cursor.text.charCodeAt(cursor.at) === LEFT_BRACE ? readMap(cursor, depth) : readList(cursor, depth)
}

function readList(cursor: Cursor, depth: number): Node {
  const start = cursor.at
  const items: Node[] = []
  while (goesOn(cursor, items.length, RIGHT_BRACKET)) items.push(readNode(cursor, depth + 1))
  return { kind: 'list', start, end: cursor.at, items }
}

function readMap(cursor: Cursor, depth: number): Node {
  const start = cursor.at
  const entries = new Map<string, Entry>()
  while (goesOn(cursor, entries.size, RIGHT_BRACE)) {
    const keyStart = cursor.at
    const name = readKey(cursor, depth)
    if (entries.has(name)) throw UNUSUAL
    entries.set(name, { start: keyStart, value: readNode(cursor, depth + 1) })
  }
  return { kind: 'map', start, end: cursor.at, entries }
}

/** Goes over what stands before the first item, between two, or behind the last. Says whether there is another. */
function goesOn(cursor: Cursor, count: number, closing: number): boolean {
  if (count === 0) cursor.at += 1
  skipSpaces(cursor)
  const code = cursor.text.charCodeAt(cursor.at)
  if (code === closing) {
    cursor.at += 1
    return false
  }
  if (count === 0) return true
  if (code !== COMMA) throw UNUSUAL
  cursor.at += 1
  skipSpaces(cursor)
  return true
}

/** A key with its colon, and the spaces behind. */
function readKey(cursor: Cursor, depth: number): string {
  const isQuoted = startsQuoted(cursor)
  const key = readNode(cursor, depth + 1)
  if (key.kind !== 'scalar' || key.text === '<<') throw UNUSUAL
  const next = cursor.text.charCodeAt(cursor.at + 1)
  if (cursor.text.charCodeAt(cursor.at) !== COLON || !(isQuoted || next === SPACE)) throw UNUSUAL
  cursor.at += 1
  skipSpaces(cursor)
  return String(key.value ?? null)
}

function startsQuoted({ text, at }: Cursor): boolean {
  const code = text.charCodeAt(at)
  return code === QUOTE || code === APOSTROPHE
}

function readNode(cursor: Cursor, depth: number): Node {
  if (depth > DEEPEST) throw UNUSUAL
  const code = cursor.text.charCodeAt(cursor.at)
  if (code === LEFT_BRACKET || code === LEFT_BRACE) return readFlow(cursor, depth)
  return startsQuoted(cursor) ? readQuoted(cursor) : readPlain(cursor)
}

function readQuoted(cursor: Cursor): Node {
  const { text, at, end: limit } = cursor
  const end = endOfQuoted(text, at, limit)
  if (hasBreakOrTab(text, at, end)) throw UNUSUAL
  cursor.at = end
  return quotedNode(text, at, end)
}

function readPlain(cursor: Cursor): Node {
  const { text, at: start } = cursor
  const first = text.charCodeAt(start + 1)
  if (!startsPlain(text.charCodeAt(start), first) || (isFlowIndicator(first) && !isPlainAlone(text, start)))
    throw UNUSUAL
  let end = start
  for (let at = start; !endsPlain(text, at); at += 1) if (text.charCodeAt(at) !== SPACE) end = at + 1
  cursor.at = end
  return plainNode(text, start, end)
}

/** A single character before an indicator is a text, but `-`, `?` and `:` are not. */
function isPlainAlone(text: string, at: number): boolean {
  return !'-?:'.includes(text.charAt(at))
}

function endsPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code === COLON) {
    const next = text.charCodeAt(at + 1)
    return isEmpty(next) || isFlowIndicator(next)
  }
  if (code === HASH && text.charCodeAt(at - 1) === SPACE) throw UNUSUAL
  if (isLineEnd(code)) throw UNUSUAL
  return isFlowIndicator(code)
}
