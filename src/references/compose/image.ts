import type { ImageReference, Span, UnknownReference } from '../reference.ts'
import type { Answer } from './answer.ts'
import { placeOf, type TextValue, type Value, writtenAt } from './values/value.ts'

/** The image that a value names, or why it cannot be known. */
export function imageAt(value: Value, usedBy: string, platform?: string): ImageReference | UnknownReference {
  const place = placeOf(value)
  const problem = problemOf(value)
  if (value.kind !== 'text' || 'because' in value.outcome || problem !== undefined)
    return { text: writtenAt(value), place, usedBy, because: problem ?? '' }
  const span = hasVariables(value) ? undefined : spanOf(value)
  return {
    image: value.outcome.text,
    place,
    usedBy,
    ...(platform === undefined ? {} : { platform }),
    ...(span === undefined ? {} : { span }),
  }
}

function problemOf(value: Value): string | undefined {
  if (value.kind !== 'text') return `an image must be text, not a ${value.kind === 'map' ? 'mapping' : 'list'}`
  if ('because' in value.outcome) return value.outcome.because
  if (typeof value.node.value !== 'string') return `an image must be text, not a ${typeof value.node.value}`
  if (value.outcome.text === '')
    return value.node.text === '' ? 'it is empty' : 'it is empty after its variables are replaced'
  return value.outcome.text.includes('{{') ? 'it is a template that was not filled in' : undefined
}

/** Whether compose replaces something in the text: a variable, or a doubled dollar sign. */
export function hasVariables({ node }: TextValue): boolean {
  return node.text.includes('$')
}

/** The text in the file, if it stands there as it is. */
export function spanOf({ node }: TextValue): Span | undefined {
  return node.isVerbatim ? { start: node.start, end: node.end } : undefined
}

/** Puts an image where it belongs. */
export function add(read: ImageReference | UnknownReference, answer: Answer): void {
  if ('image' in read) answer.images.push(read)
  else answer.unknown.push(read)
}
