import { DEEPEST } from '../depth.ts'
import type { Entry, ListNode, MapNode, Node, ScalarNode } from '../node.ts'
import { endOfBlockScalar, headerOfBlockScalar } from './block-scalar.ts'
import {
  APOSTROPHE,
  BAR,
  COLON,
  DASH,
  GREATER,
  HASH,
  isEmpty,
  isLineEnd,
  LEFT_BRACE,
  LEFT_BRACKET,
  LINE_FEED,
  QUOTE,
  SPACE,
  startsPlain,
} from './characters.ts'
import { type Cursor, endOfQuoted, skipSpaces } from './cursor.ts'
import { readFlow } from './flow-reader.ts'
import { nextLine, restOfLine } from './lines.ts'
import { colonOfKey, endOfFolded, endOfPlain, hasComment } from './plain-text.ts'
import { blockNode, foldedNode, plainNode, quotedNode } from './scalars.ts'
import { UNUSUAL } from './unusual.ts'

/**
 * Reads the block style of YAML as Kubernetes manifests have it, many times as fast as the full parser. It reads only
 * what it is sure of; what it reads is exactly what the full parser does.
 *
 * `column` is where a collection stands, `parent` the column of the one around it: a text goes on in the next line if
 * that is indented deeper than `parent`.
 *
 * @see YAML 1.2.2, 8.2 "Block Collection Styles"
 */
export class BlockReader {
  readonly #cursor: Cursor
  /** The column of the line at whose first character the cursor is; -1 at the end. */
  #column = -1
  /** Where the last value ended. */
  #end = 0

  constructor(text: string, start: number, end: number) {
    this.#cursor = { text, at: start, end }
  }

  /**
   * Reads a part that is one document, from the start of a line or from behind its `---`.
   *
   * @returns `undefined` if there is nothing in it
   * @throws {UNUSUAL}
   */
  read(): Node | undefined {
    const { text, at } = this.#cursor
    if (at === 0 || text.charCodeAt(at - 1) === LINE_FEED) this.#column = nextLine(this.#cursor, at)
    else this.#endLine()
    if (this.#column < 0) return undefined
    const root = this.#node(this.#column, -1, 0)
    if (this.#column >= 0 || root.kind === 'scalar') throw UNUSUAL
    return root
  }

  #node(column: number, parent: number, depth: number): Node {
    if (depth > DEEPEST) throw UNUSUAL
    if (this.#isDash()) return this.#list(column, depth)
    return this.#isKey() ? this.#map(column, depth) : this.#value(parent, depth)
  }

  #map(column: number, depth: number): MapNode {
    const start = this.#cursor.at
    const entries = new Map<string, Entry>()
    do {
      const keyStart = this.#cursor.at
      const name = this.#key()
      if (entries.has(name)) throw UNUSUAL
      entries.set(name, { start: keyStart, value: this.#valueOfKey(column, depth + 1) })
    } while (this.#column === column)
    if (this.#column > column) throw UNUSUAL
    return { kind: 'map', start, end: this.#end, entries }
  }

  #list(column: number, depth: number): ListNode {
    const start = this.#cursor.at
    const items: Node[] = []
    do {
      const dash = this.#cursor.at
      this.#cursor.at += 1
      items.push(this.#below(column, depth + 1) ?? this.#node(column + this.#cursor.at - dash, column, depth + 1))
    } while (this.#column === column && this.#isDash())
    if (this.#column > column) throw UNUSUAL
    return { kind: 'list', start, end: this.#end, items }
  }

  #valueOfKey(column: number, depth: number): Node {
    if (depth > DEEPEST) throw UNUSUAL
    return this.#below(column, depth, true) ?? this.#value(column, depth)
  }

  /**
   * The value of a key or a dash at `column` if it is not on the same line: it is on the next one, or there is none.
   * The items of a list may stand in the column of their key.
   */
  #below(column: number, depth: number, mayBeList = false): Node | undefined {
    const { text } = this.#cursor
    skipSpaces(this.#cursor)
    const start = this.#cursor.at
    const code = text.charCodeAt(start)
    if (!isLineEnd(code) && !(code === HASH && text.charCodeAt(start - 1) === SPACE)) return undefined
    this.#endLine()
    if (this.#column > column) return this.#node(this.#column, column, depth)
    if (mayBeList && this.#column === column && this.#isDash()) return this.#list(column, depth)
    if (depth > DEEPEST) throw UNUSUAL
    this.#end = start
    return plainNode(text, start, start)
  }

  /** A value that is no block collection. */
  #value(parent: number, depth: number): Node {
    const cursor = this.#cursor
    const code = cursor.text.charCodeAt(cursor.at)
    if (code === BAR || code === GREATER) return this.#blockScalar(parent)
    if (code === LEFT_BRACKET || code === LEFT_BRACE) return this.#ended(readFlow(cursor, depth))
    if (code === QUOTE || code === APOSTROPHE) return this.#ended(this.#quoted(parent))
    return this.#plain(parent)
  }

  #ended(node: Node): Node {
    this.#end = this.#cursor.at
    this.#endLine()
    return node
  }

  #quoted(parent: number): ScalarNode {
    const { text, at: start, end: limit } = this.#cursor
    const end = endOfQuoted(text, start, limit)
    if (!isIndented(text, start, end, parent)) throw UNUSUAL
    this.#cursor.at = end
    return quotedNode(text, start, end)
  }

  #plain(parent: number): Node {
    const { text, at: start } = this.#cursor
    if (!startsPlain(text.charCodeAt(start), text.charCodeAt(start + 1))) throw UNUSUAL
    const end = endOfPlain(text, start)
    this.#cursor.at = end
    this.#end = end
    this.#endLine()
    return this.#column > parent ? this.#folded(start, end, parent) : plainNode(text, start, end)
  }

  /** A plain text that goes on in the next line. */
  #folded(start: number, firstEnd: number, parent: number): Node {
    const { text, end: limit } = this.#cursor
    if (hasComment(text, firstEnd)) throw UNUSUAL
    const end = endOfFolded(text, firstEnd, limit, parent)
    this.#cursor.at = end
    const node = this.#ended(foldedNode(text, start, end))
    if (this.#column > parent) throw UNUSUAL
    return node
  }

  #blockScalar(parent: number): Node {
    const { text, at: start, end: limit } = this.#cursor
    const header = headerOfBlockScalar(text, start)
    this.#cursor.at = start + header.length
    const content = Math.min(restOfLine(text, this.#cursor.at), limit)
    const end = endOfBlockScalar({ text, at: content, end: limit }, parent, header)
    this.#end = end
    this.#column = nextLine(this.#cursor, end)
    return blockNode(text, start, header, content, end)
  }

  #isDash(): boolean {
    const { text, at } = this.#cursor
    return text.charCodeAt(at) === DASH && isEmpty(text.charCodeAt(at + 1))
  }

  #isKey(): boolean {
    const { text, at, end } = this.#cursor
    const code = text.charCodeAt(at)
    if (code !== QUOTE && code !== APOSTROPHE)
      return startsPlain(code, text.charCodeAt(at + 1)) && colonOfKey(text, at) >= 0
    const colon = endOfQuoted(text, at, end)
    return text.charCodeAt(colon) === COLON
  }

  /** A key and its colon. */
  #key(): string {
    const { text, at } = this.#cursor
    const code = text.charCodeAt(at)
    const isQuoted = code === QUOTE || code === APOSTROPHE
    if (!isQuoted && !startsPlain(code, text.charCodeAt(at + 1))) throw UNUSUAL
    const colon = isQuoted ? endOfQuoted(text, at, this.#cursor.end) : colonOfKey(text, at)
    if (
      colon < 0 ||
      colon - at > LONGEST_KEY ||
      text.charCodeAt(colon) !== COLON ||
      !isEmpty(text.charCodeAt(colon + 1))
    )
      throw UNUSUAL
    this.#cursor.at = colon + 1
    const { value, text: name } = isQuoted ? quotedNode(text, at, colon) : plainNode(text, at, colon)
    if (name === '<<' || (isQuoted && text.slice(at, colon).includes('\n'))) throw UNUSUAL
    return String(value ?? null)
  }

  /** Goes to the next line with content. Behind the cursor there may only be a comment. */
  #endLine(): void {
    this.#column = nextLine(this.#cursor, restOfLine(this.#cursor.text, this.#cursor.at))
  }
}

/** YAML allows 1024 characters. */
const LONGEST_KEY = 1000

/** Whether all lines of a text in quotation marks, but the first, are indented deeper than a column, or blank. */
function isIndented(text: string, start: number, end: number, parent: number): boolean {
  for (let line = text.indexOf('\n', start) + 1; line > 0 && line < end; line = text.indexOf('\n', line) + 1) {
    let at = line
    while (text.charCodeAt(at) === SPACE) at += 1
    if (at - line <= parent && !isLineEnd(text.charCodeAt(at))) return false
  }
  return true
}
