import { child, type ListNode, type MapNode, type Node, type ScalarNode } from '../yaml/node.ts'
import { parseYaml } from '../yaml/parse.ts'
import { type Edit, edited } from './edit.ts'
import { whyNoKustomization } from './kustomization-kind.ts'
import { entryLines, type KustomizeImage, kustomizeImages, nameIn } from './kustomize.ts'
import type { PinnedUse, PinText } from './pinned-use.ts'
import { yamlText } from './yaml-text.ts'

/** A layout that cannot be changed without changing more than images. */
class Unusual extends Error {}

/**
 * Pins in a kustomization that somebody wrote: sets tags and digests in its `images`, adds entries that are missing, and
 * leaves everything else as it is.
 */
export function editKustomization(text: string, uses: readonly PinnedUse[]): PinText {
  const images = kustomizeImages(uses)
  if (typeof images === 'string') return { because: images }
  try {
    return { text: edited(text, [...editsOf(text, images)]) }
  } catch (error) {
    if (!(error instanceof Unusual)) throw error
    return { because: error.message }
  }
}

function* editsOf(text: string, images: readonly KustomizeImage[]): Generator<Edit> {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const list = imagesIn(text)
  if (list === undefined) {
    const start = text.length
    const before = text === '' || text.endsWith('\n') ? '' : lineEnd
    const lines = images.flatMap((image) => entryAt('  ', image))
    yield { start, end: start, text: before + ['images:', ...lines, ''].join(lineEnd) }
    return
  }
  const added: string[] = []
  const dash = dashOf(text, list)
  for (const image of images) {
    const entry = list.items.find((item) => nameIn(item) === image.name)
    if (entry === undefined) added.push(...entryAt(dash, image))
    else yield* entryEdits(text, blockMap(text, entry), image, lineEnd)
  }
  const start = lineEndAfter(text, list.end)
  if (added.length > 0) yield { start, end: start, text: added.map((line) => lineEnd + line).join('') }
}

function imagesIn(text: string): ListNode | undefined {
  const [document, ...others] = parseYaml(text)
  if (document === undefined || others.length > 0 || /^\.\.\.\s/m.test(text))
    throw new Unusual('it must be one YAML document')
  if ('because' in document) throw new Unusual(document.because)
  if (document.root?.kind !== 'map' || text[document.root.start] === '{')
    throw new Unusual('its top level is no mapping in block style')
  const whyNot = whyNoKustomization(document.root)
  if (whyNot !== undefined) throw new Unusual(whyNot)
  const images = child(document.root, 'images')
  if (images === undefined) return undefined
  if (images.kind !== 'list' || text[images.start] === '[' || images.items.length === 0)
    throw new Unusual('its images are no list in block style: write an entry on lines of its own, or remove the key')
  return images
}

function entryAt(indent: string, image: KustomizeImage): readonly string[] {
  return entryLines(image).map((line, n) => `${indent}${n === 0 ? '- ' : '  '}${line}`)
}

/** What stands before the dash of the items. */
function dashOf(text: string, { items }: ListNode): string {
  const line = text.slice(text.lastIndexOf('\n', (items[0]?.start ?? 0) - 1) + 1, items[0]?.start ?? 0)
  const [, indent] = /^( *)- +$/.exec(line) ?? []
  if (indent === undefined) throw new Unusual('its first image does not stand on the line of its dash')
  return indent
}

function blockMap(text: string, entry: Node): MapNode {
  if (entry.kind === 'map' && text[entry.start] !== '{') return entry
  throw new Unusual('an entry of its images is in flow style ({…}): write its keys on lines of their own')
}

function* entryEdits(text: string, entry: MapNode, image: KustomizeImage, lineEnd: string): Generator<Edit> {
  const column = entry.start - (text.lastIndexOf('\n', entry.start - 1) + 1)
  const end = lineEndAfter(text, entry.end)
  for (const [key, value] of [['newTag', image.tag] as const, ['digest', image.digest] as const]) {
    const known = child(entry, key)
    if (value === undefined && known !== undefined) throw new Unusual(`${image.name} has a ${key} and none is wanted`)
    if (value === undefined) continue
    const shown = key === 'newTag' ? JSON.stringify(value) : value
    if (known === undefined) yield { start: end, end, text: `${lineEnd}${' '.repeat(column)}${key}: ${shown}` }
    else yield* valueEdit(text, known, value)
  }
}

function* valueEdit(text: string, node: Node, value: string): Generator<Edit> {
  const isVerbatim = node.kind === 'scalar' && node.isVerbatim && node.end > node.start
  if (!isVerbatim) throw new Unusual('a value of its images is not a plain text on one line')
  const { start, end, text: now }: ScalarNode = node
  const isQuoted = `"'`.includes(text[start - 1] ?? ' ')
  if (now !== value) yield { start, end, text: isQuoted ? value : yamlText(value) }
}

function lineEndAfter(text: string, offset: number): number {
  const end = /\r?\n|$/.exec(text.slice(offset))?.index ?? 0
  return offset + end
}
