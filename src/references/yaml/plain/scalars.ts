import { CST } from 'yaml'
import { plainValue } from '../core-schema.ts'
import type { ScalarNode } from '../node.ts'
import { QUOTE } from './characters.ts'
import { UNUSUAL } from './unusual.ts'

/** A plain text on one line. */
export function plainNode(text: string, start: number, end: number): ScalarNode {
  const written = text.slice(start, end)
  return { kind: 'scalar', start, end, value: plainValue(written), text: written, isVerbatim: true }
}

/** A plain text over several lines. It cannot be a number. */
export function foldedNode(text: string, start: number, end: number): ScalarNode {
  const value = resolved({ type: 'scalar', offset: start, indent: 0, source: text.slice(start, end) })
  return { kind: 'scalar', start, end, value, text: value, isVerbatim: false }
}

/** A text in quotation marks, of which `start` is the first and `end` is behind the last. */
export function quotedNode(text: string, start: number, end: number): ScalarNode {
  const isDouble = text.charCodeAt(start) === QUOTE
  const inner = text.slice(start + 1, end - 1)
  const isSimple = !inner.includes(isDouble ? '\\' : "'") && !inner.includes('\n')
  if (isSimple) return { kind: 'scalar', start: start + 1, end: end - 1, value: inner, text: inner, isVerbatim: true }
  const type = isDouble ? 'double-quoted-scalar' : 'single-quoted-scalar'
  const value = resolved({ type, offset: start, indent: 0, source: text.slice(start, end) })
  return { kind: 'scalar', start, end, value, text: value, isVerbatim: false }
}

/**
 * A block scalar.
 *
 * @param start of its header (`|-`), which `header` is
 * @param content where the line after the header starts
 */
export function blockNode(text: string, start: number, header: string, content: number, end: number): ScalarNode {
  const value = resolved({
    type: 'block-scalar',
    offset: start,
    indent: 0,
    props: [{ type: 'block-scalar-header', offset: start, indent: 0, source: header }],
    source: text.slice(content, end),
  })
  return { kind: 'scalar', start, end, value, text: value, isVerbatim: false }
}

/** Lets the full parser find the value of a text, so that the rules of folding and escapes stand there alone. */
function resolved(token: CST.FlowScalar | CST.BlockScalar): string {
  return CST.resolveAsScalar(token, true, refuse).value
}

function refuse(): never {
  throw UNUSUAL
}
