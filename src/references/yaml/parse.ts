import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
} from 'yaml'
import type { Entry, ListNode, MapNode, Node, ScalarNode } from './node.ts'

/** A document of a file, or why it cannot be read. */
export type ParsedDocument =
  | { readonly root: Node | undefined }
  | {
      /** Where it is wrong: a UTF-16 offset. */
      readonly at: number
      /** Why, as the end of a sentence: `invalid YAML: …`. */
      readonly because: string
    }

/** How deep a document may be nested. */
const DEEPEST = 64

/**
 * Reads all documents of a YAML 1.2 file; JSON is YAML too. A document that is wrong does not hide the others.
 *
 * @param text without a byte order mark
 */
export function parseYaml(text: string): readonly ParsedDocument[] {
  const documents = parseAllDocuments(text, { prettyErrors: false })
  return Array.isArray(documents) ? documents.map((document) => parsedOf(document, text)) : []
}

function parsedOf(document: Document.Parsed, text: string): ParsedDocument {
  const [error] = document.errors
  if (error) return { at: error.pos[0], because: `invalid YAML: ${error.message}` }
  try {
    const { contents } = document
    return { root: contents === null ? undefined : new Converter(document, text).nodeOf(contents, 0) }
  } catch (error) {
    if (!(error instanceof UnusableYaml)) throw error
    return { at: error.at, because: error.message }
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
  readonly #document: Document.Parsed
  readonly #text: string
  readonly #made = new Map<unknown, Node | 'in progress'>()

  constructor(document: Document.Parsed, text: string) {
    this.#document = document
    this.#text = text
  }

  nodeOf(node: ParsedNode | null, depth: number): Node {
    if (node === null) return NOTHING
    const at = node.range[0]
    if (depth > DEEPEST) throw new UnusableYaml(at, `nested deeper than ${DEEPEST} levels`)
    if (isAlias(node)) return this.nodeOf(this.#resolve(node as Alias.Parsed, at), depth)
    const made = this.#made.get(node)
    if (made === 'in progress') throw new UnusableYaml(at, 'an alias that leads back to itself')
    if (made !== undefined) return made
    if (isCollection(node)) this.#made.set(node, 'in progress')
    const result = this.#fresh(node, depth)
    this.#made.set(node, result)
    return result
  }

  #fresh(node: Exclude<ParsedNode, Alias.Parsed>, depth: number): Node {
    const [start, end] = node.range
    if (isSeq(node)) {
      const items = node.items.map((item) => this.nodeOf(item as ParsedNode | null, depth + 1))
      return { kind: 'list', start, end, items, ...tagOf(node) } satisfies ListNode
    }
    if (isMap(node))
      return {
        kind: 'map',
        start,
        end,
        entries: this.#entriesOf(node.items as Pair<ParsedNode, ParsedNode | null>[], depth),
        ...tagOf(node),
      } satisfies MapNode
    return this.#scalarOf(node as Scalar.Parsed)
  }

  /** A key of the mapping itself wins over a merged one, wherever it stands. */
  #entriesOf(pairs: readonly Pair<ParsedNode, ParsedNode | null>[], depth: number): Map<string, Entry> {
    const entries = new Map<string, Entry>()
    const merged: MapNode[] = []
    for (const { key, value } of pairs) {
      if (!isScalar(key)) continue
      if (isMergeKey(key as Scalar.Parsed)) {
        const from = this.nodeOf(value, depth + 1)
        const sources = from.kind === 'list' ? from.items : [from]
        for (const source of sources) {
          if (source.kind !== 'map') throw new UnusableYaml(key.range[0], 'a merge key (<<) needs a mapping')
          merged.push(source)
        }
        continue
      }
      entries.set(String(key.value), { start: key.range[0], value: this.nodeOf(value, depth + 1) })
    }
    for (const { entries: others } of merged)
      for (const [key, entry] of others) if (!entries.has(key)) entries.set(key, entry)
    return entries
  }

  #scalarOf(node: Scalar.Parsed): ScalarNode {
    const [start, end] = node.range
    const { value, source, type } = node
    const usable =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    const text = type === 'PLAIN' ? (source ?? '') : String(value ?? '')
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
    const target = alias.resolve(this.#document) as ParsedNode | undefined
    if (target === undefined)
      throw new UnusableYaml(at, `invalid YAML: the alias *${alias.source} has no anchor before it`)
    return target
  }
}

function tagOf({ tag }: { readonly tag?: string | undefined }): { readonly tag?: string } {
  return tag?.startsWith('!') === true ? { tag } : {}
}

function isMergeKey({ value, type }: Scalar.Parsed): boolean {
  return type === 'PLAIN' && value === '<<'
}

const NOTHING: ScalarNode = { kind: 'scalar', start: 0, end: 0, value: undefined, text: '', isVerbatim: false }
