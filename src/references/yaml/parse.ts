import type { Span } from '../reference.ts'
import { parseFully } from './full-parser.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { BlockReader } from './plain/block-reader.ts'
import type { Cursor } from './plain/cursor.ts'
import { NotJson, readOpenedJson, readWholeJson, skipSpace } from './plain/json-reader.ts'
import { UNUSUAL } from './plain/unusual.ts'

/** The largest document for the full parser, which takes a second and 50 MiB of memory for each MiB. */
const LARGEST_UNUSUAL = 16 * 1024 * 1024
/** JSON that is wrong may be YAML in flow style, if it is not larger. */
const LARGEST_FLOW = 1024 * 1024

/**
 * Reads all documents of a YAML 1.2 file; JSON is YAML too. A document that is wrong does not hide the others.
 *
 * @param text without a byte order mark
 */
export function parseYaml(text: string): readonly ParsedDocument[] {
  return [...documentsIn(text)]
}

/** How documents are read. */
export interface ReadOptions {
  /** The items of a JSON list (`items`) that have a kind come as documents of their own, before the list without them. */
  readonly opensLists?: boolean
}

/**
 * Reads one document after the other, so that a file with many takes no more memory than the largest. Plain YAML and
 * JSON have readers of their own, which are many times as fast as the full parser; it gets what they do not know.
 */
export function* documentsIn(text: string, { opensLists = false }: ReadOptions = {}): Generator<ParsedDocument> {
  if (hasDirective(text)) yield* parseFully(text, { start: 0, end: text.length })
  else {
    const isPlain = !NEVER_PLAIN.test(text)
    for (const part of partsOf(text)) yield* documentsOfPart(text, part, { isPlain, opensLists })
  }
}

/** A line end of old systems, which only the full parser knows, and a byte order mark within the text. */
const NEVER_PLAIN = /\r(?!\n)|\uFEFF/

function* documentsOfPart(
  text: string,
  part: Span,
  { isPlain, opensLists }: { readonly isPlain: boolean; readonly opensLists: boolean },
): Generator<ParsedDocument> {
  const hasMarker = text.startsWith('---', part.start)
  const cursor = { text, at: part.start + (hasMarker ? 3 : 0), end: part.end }
  const isJson = skipSpace(cursor) && startsJson(cursor)
  if (isJson) yield* jsonOr(part, cursor, opensLists)
  else yield* (isPlain ? plainOr(text, part, hasMarker) : undefined) ?? fully(text, part)
}

/** The documents of a part that plain YAML is, if it is. */
function plainOr(text: string, { start, end }: Span, hasMarker: boolean): readonly ParsedDocument[] | undefined {
  try {
    const root = new BlockReader(text, hasMarker ? start + 3 : start, end).read()
    return root === undefined && !hasMarker ? [] : [{ root }]
  } catch (error) {
    if (error !== UNUSUAL) throw error
    return undefined
  }
}

/** JSON values, one after the other as `kubectl` and `jq` print them, or else YAML that starts alike. */
function* jsonOr(part: Span, cursor: Cursor, opensLists: boolean): Generator<ParsedDocument> {
  let isFirst = true
  try {
    do {
      const reading = opensLists ? readOpenedJson(cursor) : readWholeJson(cursor)
      let step = reading.next()
      for (; step.done !== true; step = reading.next()) {
        isFirst = false
        yield { root: step.value }
      }
      // What follows the first value decides whether it is JSON at all.
      if (isFirst && skipSpace(cursor) && !startsJson(cursor)) throw new NotJson(cursor.at, 'more follows its end')
      isFirst = false
      yield { root: step.value }
    } while (skipSpace(cursor))
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    if (isFirst && part.end - part.start <= LARGEST_FLOW) yield* fully(cursor.text, part)
    else yield { at: error.at, because: `invalid JSON: ${error.message}` }
  }
}

function startsJson({ text, at }: Cursor): boolean {
  return '{['.includes(text.charAt(at))
}

function* fully(text: string, part: Span): Generator<ParsedDocument> {
  if (part.end - part.start <= LARGEST_UNUSUAL) yield* parseFully(text, part)
  else yield { at: part.start, because: 'a document of more than 16 MiB that is not plain YAML' }
}

function hasDirective(text: string): boolean {
  return text.startsWith('%') || text.includes('\n%')
}

/**
 * Cuts a file where its documents start: no line of content may start with `---`. A directive (`%YAML`) stands before
 * that line, so a file with one is a single part.
 *
 * @see YAML 1.2.2, 9.1.2 "Document Markers", 9.2 "Streams"
 */
function* partsOf(text: string): Generator<Span> {
  let start = 0
  for (let at = text.indexOf(MARKER); at >= 0; at = text.indexOf(MARKER, at + 1)) {
    if (!isAfterMarker(text.charCodeAt(at + MARKER.length))) continue
    yield { start, end: at + 1 }
    start = at + 1
  }
  yield { start, end: text.length }
}

const MARKER = '\n---'

/** White space, or the end of the text (NaN). */
function isAfterMarker(code: number): boolean {
  return Number.isNaN(code) || code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}
