import { plainValue } from '../core-schema.ts'
import { DEEPEST } from '../depth.ts'
import { child, type Entry, type Node, type ScalarNode, textOf } from '../node.ts'
import {
  COLON,
  COMMA,
  LEFT_BRACE,
  LEFT_BRACKET,
  LINE_FEED,
  QUOTE,
  RETURN,
  RIGHT_BRACE,
  RIGHT_BRACKET,
  SPACE,
  TAB,
} from './characters.ts'
import type { Cursor } from './cursor.ts'

/** A text is not JSON. */
export class NotJson extends Error {
  /** Where: a UTF-16 offset. */
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y

/**
 * Reads a JSON value whose nodes know where they stand; the cursor is then behind it.
 *
 * @throws {NotJson}
 * @see RFC 8259. A key that is there twice is refused, as in YAML
 */
export function readJson(cursor: Cursor, depth = 0): Node {
  if (depth > DEEPEST) throw new NotJson(cursor.at, `nested deeper than ${DEEPEST} levels`)
  const code = cursor.text.charCodeAt(cursor.at)
  if (code === LEFT_BRACE) return readObject(cursor, depth)
  if (code === LEFT_BRACKET) return readArray(cursor, depth)
  return code === QUOTE ? readString(cursor) : readWord(cursor)
}

/** Goes over white space. Says whether there is more. */
export function skipSpace(cursor: Cursor): boolean {
  const { text } = cursor
  for (;;) {
    const code = text.charCodeAt(cursor.at)
    if (code !== SPACE && code !== LINE_FEED && code !== RETURN && code !== TAB) break
    cursor.at += 1
  }
  return cursor.at < cursor.end
}

/**
 * Reads an object as {@link readJson} does, but gives the items of a list (`items`) one after the other and keeps none:
 * what a cluster prints is one list of all its objects. An item without a kind stays
 * in the object, whose kind says what it is.
 *
 * @returns the object without those items
 * @throws {NotJson}
 */
export function* readOpenedJson(cursor: Cursor): Generator<Node, Node> {
  if (cursor.text.charCodeAt(cursor.at) !== LEFT_BRACE) return readJson(cursor)
  const start = cursor.at
  const entries = new Map<string, Entry>()
  while (goesOn(cursor, entries.size, RIGHT_BRACE)) {
    const keyStart = cursor.at
    const name = readKey(cursor, entries)
    const isList = name === 'items' && cursor.text.charCodeAt(cursor.at) === LEFT_BRACKET
    entries.set(name, { start: keyStart, value: isList ? yield* readItems(cursor) : readJson(cursor, 1) })
  }
  return { kind: 'map', start, end: cursor.at, entries }
}

/** Reads a value whole, and gives no items. */
// biome-ignore lint/correctness/useYield: it stands for a reader that gives some
export function* readWholeJson(cursor: Cursor): Generator<Node, Node> {
  return readJson(cursor)
}

function* readItems(cursor: Cursor): Generator<Node, Node> {
  const start = cursor.at
  const items: Node[] = []
  for (let count = 0; goesOn(cursor, count, RIGHT_BRACKET); count += 1) {
    const item = readJson(cursor, 2)
    if (textOf(child(item, 'kind')) === undefined) items.push(item)
    else yield item
  }
  return { kind: 'list', start, end: cursor.at, items }
}

function readObject(cursor: Cursor, depth: number): Node {
  const start = cursor.at
  const entries = new Map<string, Entry>()
  while (goesOn(cursor, entries.size, RIGHT_BRACE)) {
    const keyStart = cursor.at
    const name = readKey(cursor, entries)
    entries.set(name, { start: keyStart, value: readJson(cursor, depth + 1) })
  }
  return { kind: 'map', start, end: cursor.at, entries }
}

/** A key that is not there yet, and its colon. */
function readKey(cursor: Cursor, entries: ReadonlyMap<string, Entry>): string {
  const start = cursor.at
  if (cursor.text.charCodeAt(start) !== QUOTE) throw new NotJson(start, 'a key in quotation marks is missing')
  const name = readString(cursor).text
  if (entries.has(name)) throw new NotJson(start, `the key ${JSON.stringify(name)} is there twice`)
  expect(cursor, COLON, 'a colon is missing')
  return name
}

function readArray(cursor: Cursor, depth: number): Node {
  const start = cursor.at
  const items: Node[] = []
  while (goesOn(cursor, items.length, RIGHT_BRACKET)) items.push(readJson(cursor, depth + 1))
  return { kind: 'list', start, end: cursor.at, items }
}

/** Goes over what stands before the first item, between two, or behind the last. Says whether there is another. */
function goesOn(cursor: Cursor, count: number, closing: number): boolean {
  if (count === 0) cursor.at += 1
  skipSpace(cursor)
  if (cursor.text.charCodeAt(cursor.at) === closing) {
    cursor.at += 1
    return false
  }
  if (count > 0) expect(cursor, COMMA, 'a comma is missing')
  return true
}

function expect(cursor: Cursor, code: number, problem: string): void {
  skipSpace(cursor)
  if (cursor.at >= cursor.end) throw new NotJson(cursor.at, 'it ends too early')
  if (cursor.text.charCodeAt(cursor.at) !== code) throw new NotJson(cursor.at, problem)
  cursor.at += 1
  skipSpace(cursor)
}

function readString(cursor: Cursor): ScalarNode {
  const { text, at: start } = cursor
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  if (end < 0 || end >= cursor.end) throw new NotJson(start, 'a quotation mark is never closed')
  cursor.at = end + 1
  const inner = text.slice(start + 1, end)
  if (!NOT_SIMPLE.test(inner))
    return { kind: 'scalar', start: start + 1, end, value: inner, text: inner, isVerbatim: true }
  const value = decoded(text.slice(start, end + 1), start)
  return { kind: 'scalar', start, end: end + 1, value, text: value, isVerbatim: false }
}

/** A backslash, or a control character, which JSON does not allow. */
const NOT_SIMPLE = /[\\\u0000-\u001f]/

function isEscaped(text: string, at: number): boolean {
  let from = at
  while (text.charAt(from - 1) === '\\') from -= 1
  return (at - from) % 2 === 1
}

function decoded(quoted: string, at: number): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new NotJson(at, 'a text with a wrong character or escape')
  }
}

function readWord(cursor: Cursor): ScalarNode {
  const { text, at: start } = cursor
  WORD.lastIndex = start
  const [written] = WORD.exec(text) ?? []
  if (start >= cursor.end) throw new NotJson(start, 'it ends too early')
  if (written === undefined) throw new NotJson(start, 'a value is missing')
  cursor.at += written.length
  return { kind: 'scalar', start, end: cursor.at, value: plainValue(written), text: written, isVerbatim: true }
}
