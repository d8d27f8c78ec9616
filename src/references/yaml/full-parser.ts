import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  type ParsedNode,
  Parser,
  type Scalar,
} from 'yaml'
import type { Span } from '../reference.ts'
import { DEEPEST } from './depth.ts'
import type { Entry, ListNode, MapNode, Node, ScalarNode } from './node.ts'
import type { ParsedDocument } from './parsed-document.ts'

const TOO_DEEP = `nested deeper than ${DEEPEST} levels`

/**
 * Reads a part of a file that holds whole documents, with the package `yaml`. A document that is wrong does not hide
 * the others.
 */
export function* parseFully(text: string, { start, end }: Span): Generator<ParsedDocument> {
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false })
  try {
    for (const document of composer.compose(tokensOf(text.slice(start, end)))) yield parsedOf(document, text, start)
  } catch (error) {
    if (!(error instanceof UnusableYaml)) throw error
    yield { at: start + error.at, because: error.message }
  }
}

/** Stops at what is nested too deep, on which the parser would spend time that grows with the square of the depth. */
function* tokensOf(part: string): Generator<CST.Token> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(part)) {
    yield* parser.next(lexeme)
    // One for the document and one for a scalar.
    if (parser.stack.length > DEEPEST + 2) throw new UnusableYaml(parser.offset, TOO_DEEP)
  }
  yield* parser.end()
}

function parsedOf(document: Document.Parsed, text: string, base: number): ParsedDocument {
  const [error] = document.errors
  if (error) return { at: base + error.pos[0], because: `invalid YAML: ${withoutContent(error.message)}` }
  try {
    const { contents } = document
    const isNothing = contents === null || (isScalar(contents) && contents.source === '' && contents.value === null)
    return { root: isNothing ? undefined : new Converter(text, base).nodeOf(contents, 0) }
  } catch (error) {
    if (!(error instanceof UnusableYaml)) throw error
    return { at: base + error.at, because: error.message }
  }
}

/** Correct YAML that cannot be used. */
class UnusableYaml extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

/** Turns the nodes of one document into ours. An anchor's node is turned once. */
class Converter {
  readonly #text: string
  /** Where the part that was parsed starts in the file. */
  readonly #base: number
  readonly #made = new Map<unknown, Node | 'in progress'>()
  /** The last node of each anchor. The nodes are turned in the order of the file. */
  readonly #anchors = new Map<string, ParsedNode>()

  constructor(text: string, base: number) {
    this.#text = text
    this.#base = base
  }

  nodeOf(node: ParsedNode | null, depth: number): Node {
    if (node === null) return NOTHING
    const at = node.range[0]
    if (depth > DEEPEST) throw new UnusableYaml(at, TOO_DEEP)
    if (isAlias(node)) return this.nodeOf(this.#resolve(node, at), depth)
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    const made = this.#made.get(node)
    if (made === 'in progress') throw new UnusableYaml(at, 'an alias that leads back to itself')
    if (made !== undefined) return made
    if (isCollection(node)) this.#made.set(node, 'in progress')
    const result = this.#fresh(node, depth)
    this.#made.set(node, result)
    return result
  }

  #fresh(node: Exclude<ParsedNode, Alias.Parsed>, depth: number): Node {
    const start = node.range[0] + this.#base
    const end = endOf(node) + this.#base
    if (isSeq(node)) {
      const items = node.items.map((item) => this.nodeOf(item as ParsedNode | null, depth + 1))
      return { kind: 'list', start, end, items, ...tagOf(node) } satisfies ListNode
    }
    if (isMap(node))
      return {
        kind: 'map',
        start,
        end,
        entries: this.#entriesOf(node.items, depth),
        ...tagOf(node),
      } satisfies MapNode
    return this.#scalarOf(node)
  }

  /** A key of the mapping itself wins over a merged one, wherever it stands. */
  #entriesOf(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], depth: number): Map<string, Entry> {
    const entries = new Map<string, Entry>()
    const merged: MapNode[] = []
    for (const { key, value } of pairs) {
      this.nodeOf(key, depth + 1)
      if (!isScalar(key)) {
        // It may hold an anchor.
        this.nodeOf(value, depth + 1)
        continue
      }
      if (isMergeKey(key)) {
        const from = this.nodeOf(value, depth + 1)
        const sources = from.kind === 'list' ? from.items : [from]
        for (const source of sources) {
          if (source.kind !== 'map') throw new UnusableYaml(key.range[0], 'a merge key (<<) needs a mapping')
          merged.push(source)
        }
        continue
      }
      const name = String(key.value)
      if (entries.has(name)) throw new UnusableYaml(key.range[0], `the key ${JSON.stringify(name)} is there twice`)
      entries.set(name, { start: key.range[0] + this.#base, value: this.nodeOf(value, depth + 1) })
    }
    for (const { entries: others } of merged)
      for (const [key, entry] of others) if (!entries.has(key)) entries.set(key, entry)
    return entries
  }

  #scalarOf(node: Scalar.Parsed): ScalarNode {
    const start = node.range[0] + this.#base
    const end = node.range[1] + this.#base
    const { value, source: text, type } = node
    const usable =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    const inner = type === 'PLAIN' ? { start, end } : { start: start + 1, end: end - 1 }
    const isVerbatim =
      type !== 'BLOCK_FOLDED' && type !== 'BLOCK_LITERAL' && this.#text.slice(inner.start, inner.end) === text
    return {
      kind: 'scalar',
      value: usable ? value : undefined,
      text,
      isVerbatim,
      ...(isVerbatim ? inner : { start, end }),
      ...tagOf(node),
    }
  }

  #resolve(alias: Alias.Parsed, at: number): ParsedNode {
    const target = this.#anchors.get(alias.source)
    if (target === undefined)
      throw new UnusableYaml(at, `invalid YAML: the alias *${alias.source} has no anchor before it`)
    return target
  }
}

/** Where a node ends. A block collection ends with its last value: comments and empty lines behind it are no part of it. */
function endOf(node: ParsedNode): number {
  if (!isCollection(node) || node.flow === true) return node.range[1]
  const last = node.items.at(-1)
  if (last === undefined) return node.range[1]
  return endOf(isPair(last) ? (last.value ?? last.key) : last)
}

/** Without what the message quotes from the file: it could be a secret. */
function withoutContent(message: string): string {
  return message
    .replace(/^(?<what>Not a YAML token|Block scalar header includes extra characters): .*$/s, '$<what>')
    .replace(/: "(?:[^"\\]|\\.)*"$/s, '')
}

function tagOf({ tag }: { readonly tag?: string | undefined }): { readonly tag?: string } {
  return tag?.startsWith('!') === true ? { tag } : {}
}

function isMergeKey({ value, type }: Scalar.Parsed): boolean {
  return type === 'PLAIN' && value === '<<'
}

const NOTHING: ScalarNode = { kind: 'scalar', start: 0, end: 0, value: undefined, text: '', isVerbatim: false }
