import type { Node } from '../yaml/node.ts'

/** What a field that should name an image says. */
export type ImageText =
  | { readonly is: 'known'; readonly image: string }
  | {
      readonly is: 'unknown'
      /** As written. */
      readonly text: string
      /** Why, as the end of a sentence. */
      readonly because: string
    }

/** Characters of a wrong value that a message shows. */
const SHOWN = 120

/** What cannot stand in a reference, and who puts it there. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/\{\{/, 'it is a template that was not rendered'],
  [/\$/, 'it has a variable that is replaced later'],
]

/**
 * Reads the value of a field that should name an image. It is not parsed as a reference.
 *
 * @param source the text of the file, to quote what is no text
 */
export function imageTextOf(node: Node, source: string): ImageText {
  if (node.kind !== 'scalar') {
    const text = shortened(source.slice(node.start, node.end))
    return unknown(
      text,
      text.startsWith('{{') ? 'it is a template that was not rendered' : `it is a ${NAMES[node.kind]}, not text`,
    )
  }
  const { value, text } = node
  if (value === undefined || text.trim() === '') return unknown(text, 'it is empty')
  if (typeof value !== 'string')
    return unknown(text, `it is a ${typeof value === 'boolean' ? 'truth value' : 'number'}, not text`)
  const [, because] = PLACEHOLDERS.find(([pattern]) => pattern.test(value)) ?? []
  return because === undefined ? { is: 'known', image: value } : unknown(shortened(value), because)
}

function unknown(text: string, because: string): ImageText {
  return { is: 'unknown', text, because }
}

const NAMES = { map: 'mapping', list: 'list' } as const

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line
}
