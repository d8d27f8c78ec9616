import { parseReference } from '../../oci/reference.ts'
import { child, type MapNode, type Node, textOf } from '../yaml/node.ts'
import { type KubernetesObject, objectOf } from './kubernetes-object.ts'
import { imagesOfPod, POD_IMAGE_KEYS } from './pod-spec.ts'

/** Something in a custom resource: an image that it names, or a whole object, as templates have them. */
export type InCustomResource =
  | { readonly is: 'image'; readonly what: string; readonly image: Node; readonly around: MapNode }
  | { readonly is: 'object'; readonly object: KubernetesObject }

/** Below these keys a word `image` is no image that the resource runs: what it builds, defaults of others, schemas, labels. */
const NOT_RUN: ReadonlySet<string> = new Set([
  'annotations',
  'labels',
  'matchLabels',
  'openAPIV3Schema',
  'output',
  'schema',
  'values',
  'valuesObject',
])

/** Keys of the resource itself that are not what it asks for. */
const NOT_ASKED: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status'])

/** A mapping with `image` and one of these is a container, whatever it is called. @see core/v1 Container */
const OF_CONTAINERS = [
  'args',
  'command',
  'env',
  'envFrom',
  'imagePullPolicy',
  'imagePullSecrets',
  'script',
  'volumeMounts',
]

/**
 * Finds the images in a resource whose kind we do not know, where there can be no doubt:
 *
 * - in everything that is a pod: it has a list of containers;
 * - in everything that is a container: it has `image` and other keys of containers;
 * - in any field `image` whose text is a full reference with a tag or a digest. Names alone are left out: machines have
 *   images too (`image: ubuntu-22-04`).
 *
 * Empty texts and mappings are left out: they stand for the operator's default, or for an image in parts.
 */
export function* imagesInCustomResource({ node }: KubernetesObject): Generator<InCustomResource> {
  const seen = new Set<Node>()
  for (const [key, { value }] of node.entries) if (!NOT_ASKED.has(key)) yield* imagesIn(value, key, seen)
}

function* imagesIn(node: Node, path: string, seen: Set<Node>): Generator<InCustomResource> {
  if (node.kind === 'scalar' || seen.has(node)) return
  seen.add(node)
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* imagesIn(item, `${path}[${index}]`, seen)
    return
  }
  const kind = textOf(child(node, 'kind'))
  if (kind !== undefined && textOf(child(node, 'apiVersion')) !== undefined) {
    yield { is: 'object', object: objectOf(node, kind) }
    return
  }
  const isPod = POD_IMAGE_KEYS.some((key) => key !== 'volumes' && child(node, key)?.kind === 'list')
  if (isPod)
    for (const { what, image } of imagesOfPod(node)) if (isText(image)) yield { is: 'image', what, image, around: node }
  const image = child(node, 'image')
  if (image !== undefined && isText(image) && (isContainer(node) || isFullReference(textOf(image))))
    yield { is: 'image', what: `${path}.image`, image, around: node }
  for (const [key, { value }] of node.entries)
    if (!NOT_RUN.has(key) && !(isPod && POD_IMAGE_KEYS.includes(key))) yield* imagesIn(value, `${path}.${key}`, seen)
}

function isText(node: Node): boolean {
  return node.kind === 'scalar' && node.value !== undefined && node.text.trim() !== ''
}

function isContainer({ entries }: MapNode): boolean {
  return OF_CONTAINERS.some((key) => entries.has(key))
}

/** Whether a text is a reference with a tag or a digest. */
function isFullReference(text: string | undefined): boolean {
  if (text === undefined || text.includes('://')) return false
  try {
    return parseReference(text).name !== text
  } catch {
    return false
  }
}
