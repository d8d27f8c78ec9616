import type { Span } from '../reference.ts'
import { parseFully } from './full-parser.ts'
import type { ParsedDocument } from './parsed-document.ts'

/**
 * Reads all documents of a YAML 1.2 file; JSON is YAML too. A document that is wrong does not hide the others.
 *
 * @param text without a byte order mark
 */
export function parseYaml(text: string): readonly ParsedDocument[] {
  return [...documentsIn(text)]
}

/** Reads one document after the other, so that a file with many takes no more memory than the largest. */
export function* documentsIn(text: string): Generator<ParsedDocument> {
  for (const part of partsOf(text)) yield* parseFully(text, part)
}

/**
 * Cuts a file where its documents start: no line of content may start with `---`. A directive (`%YAML`) stands before
 * that line, so a file with one is a single part.
 *
 * @see YAML 1.2.2, 9.1.2 "Document Markers", 9.2 "Streams"
 */
function* partsOf(text: string): Generator<Span> {
  let start = 0
  if (!text.startsWith('%') && !text.includes('\n%'))
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
