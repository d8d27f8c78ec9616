import { child, type Node } from '../yaml/node.ts'
import { type ImageText, imageTextOf } from './image-text.ts'

/** A field that the user says names an image, such as `spec.server.image` or `spec.nodes[].image`. */
export interface CustomField {
  readonly path: string
  /** `*` is any key of a mapping or any item of a list. */
  readonly keys: readonly string[]
}

/** @param path dotted; `*` is any key, `[]` or `[*]` after a key any item of its list */
export function parseCustomField(path: string): CustomField {
  return {
    path,
    keys: path
      .replaceAll(/\[\*?\]/g, '.*')
      .split('.')
      .filter((key) => key !== ''),
  }
}

/** The nodes at a path, and where each stands: `spec.nodes[1].image`. */
export function* nodesAt(
  node: Node,
  { keys }: CustomField,
): Generator<{ readonly where: string; readonly node: Node }> {
  yield* below(node, keys, '')
}

function* below(node: Node, keys: readonly string[], where: string): Generator<{ where: string; node: Node }> {
  const [key, ...rest] = keys
  if (key === undefined) yield { where, node }
  else if (node.kind === 'list' && key === '*')
    for (const [index, item] of node.items.entries()) yield* below(item, rest, `${where}[${index}]`)
  else if (node.kind === 'map')
    for (const [name, { value }] of node.entries)
      if (key === '*' || key === name) yield* below(value, rest, where === '' ? name : `${where}.${name}`)
}

/**
 * The image that a custom field names: a text, or a mapping with its parts, as charts and operators have them:
 * `registry`, `repository` (or `name`, `image`), `tag` (or `version`), `digest` (or `sha`, without `sha256:`).
 */
export function customImageOf(node: Node, source: string): ImageText {
  if (node.kind !== 'map') return imageTextOf(node, source)
  const name = partOf(node, ['repository', 'name', 'image'], source)
  if (name === undefined) return imageTextOf(node, source)
  const parts = [
    partOf(node, ['registry'], source),
    name,
    partOf(node, ['tag', 'version'], source),
    partOf(node, ['digest', 'sha'], source),
  ]
  const wrong = parts.find((part) => part?.is === 'unknown')
  if (wrong !== undefined) return wrong
  const [registry, repository, tag, digest] = parts.map((part) => (part?.is === 'known' ? part.image : undefined))
  const prefix = registry === undefined ? '' : `${registry}/`
  const suffix = digest === undefined ? '' : `@${digest.includes(':') ? digest : `sha256:${digest}`}`
  return { is: 'known', image: `${prefix}${repository ?? ''}${tag === undefined ? '' : `:${tag}`}${suffix}` }
}

/** The first part that is there and not empty. */
function partOf(node: Node, names: readonly string[], source: string): ImageText | undefined {
  const part = names.map((name) => child(node, name)).find((one) => one !== undefined && !isEmpty(one))
  return part === undefined ? undefined : imageTextOf(part, source)
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.text === ''
}
