import type { Collected } from '../collected.ts'
import type { Node } from '../yaml/node.ts'
import type { YamlFile } from './yaml-file.ts'

/** The name of an image as it is written, before variables are replaced. */
export interface WrittenImage {
  readonly file: YamlFile
  readonly node: Node
  readonly usedBy: string
  readonly platform?: string | undefined
}

/** What a text becomes with its variables replaced, or why that is not known. */
export type Replaced =
  | { readonly is: 'known'; readonly text: string }
  /** `because` is the end of a sentence. */
  | { readonly is: 'unknown'; readonly because: string }

/**
 * Adds an image to what was found, once for each text that it can stand for.
 *
 * @param replace gives all that the text can become: several where it is used with several values of a variable
 */
export function addImage(
  found: Collected,
  { file, node, usedBy, platform }: WrittenImage,
  replace: (text: string) => readonly Replaced[],
): void {
  const place = file.placeOf(node)
  const problem = problemOf(node)
  const all: readonly Replaced[] = problem === undefined ? replace(textIn(node)) : [{ is: 'unknown', because: problem }]
  for (const replaced of distinct(all)) {
    if (replaced.is === 'unknown')
      found.unknown.push({ text: file.writtenAs(node), place, usedBy, because: replaced.because })
    else if (replaced.text.trim() === '')
      found.unknown.push({ text: file.writtenAs(node), place, usedBy, because: 'its name is empty' })
    else {
      const image = replaced.text.trim()
      const isAsWritten = node.kind === 'scalar' && node.isVerbatim && node.text === image
      const span = isAsWritten ? { span: { start: node.start, end: node.end } } : {}
      found.images.push({ image, place, usedBy, ...(platform === undefined ? {} : { platform }), ...span })
    }
  }
}

function distinct(all: readonly Replaced[]): readonly Replaced[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}

function textIn(node: Node): string {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : ''
}

/** Why a node cannot be the name of an image. */
function problemOf(node: Node): string | undefined {
  if (node.kind !== 'scalar') return `it is a ${node.kind === 'map' ? 'mapping' : 'list'}, not text`
  if (node.value === undefined) return 'its name is empty'
  if (typeof node.value !== 'string') return 'it is not text; put it in quotation marks'
  if (/(?<!\$)\{\{|\{%/.test(node.value)) return 'it is a template that was not rendered'
  return undefined
}
