import { child, itemsOf, type MapNode, type Node, textOf } from '../yaml/node.ts'

/** An object of the Kubernetes API, as a manifest or `kubectl get -o json` has it. */
export interface KubernetesObject {
  readonly kind: string
  /** Of its `apiVersion`; empty for the core API (`v1`), `undefined` if it has no `apiVersion`. */
  readonly group: string | undefined
  readonly namespace: string | undefined
  readonly name: string | undefined
  /** For people: `Deployment shop/web`. */
  readonly label: string
  readonly node: MapNode
}

/**
 * The objects of a document. Lists are opened: `List`, `PodList` and the like, and a sequence of objects (`jq .items`).
 * Every mapping is taken once, so that a list of aliases cannot unfold.
 *
 * @see Kubernetes API conventions, "Lists and Simple kinds": the items of a `PodList` may come without their kind
 */
export function* objectsIn(root: Node | undefined): Generator<KubernetesObject> {
  yield* objectsOf(root, undefined, new Set())
}

function* objectsOf(
  node: Node | undefined,
  kindOfItems: string | undefined,
  seen: Set<Node>,
): Generator<KubernetesObject> {
  if (node === undefined || node.kind === 'scalar' || seen.has(node)) return
  seen.add(node)
  if (node.kind === 'list') {
    for (const item of node.items) yield* objectsOf(item, kindOfItems, seen)
    return
  }
  const kind = textOf(child(node, 'kind')) ?? kindOfItems
  if (kind === undefined) return
  const items = child(node, 'items')
  if (kind.endsWith('List') && items?.kind === 'list') {
    const kindOfEach = kind === 'List' ? undefined : kind.slice(0, -'List'.length)
    for (const item of itemsOf(items)) yield* objectsOf(item, kindOfEach, seen)
    return
  }
  yield objectOf(node, kind)
}

/** A list that a cluster or kubectl gave as its answer, and whether it is all of it; `undefined`: the document is something else. */
export function answerIn(root: Node | undefined): { readonly isWhole: boolean } | undefined {
  if (root?.kind !== 'map' || textOf(child(root, 'kind'))?.endsWith('List') !== true) return undefined
  const items = child(root, 'items')
  // Go writes an empty list as null.
  const isList = items?.kind === 'list' || (items?.kind === 'scalar' && items.value === undefined)
  if (!isList) return undefined
  return { isWhole: textOf(child(root, 'metadata', 'continue')) === undefined }
}

/** A mapping that has a kind, as an object. */
export function objectOf(node: MapNode, kind: string): KubernetesObject {
  const version = textOf(child(node, 'apiVersion'))
  const name = textOf(child(node, 'metadata', 'name'))
  const prefix = textOf(child(node, 'metadata', 'generateName'))
  const namespace = textOf(child(node, 'metadata', 'namespace'))
  const shown = name ?? (prefix === undefined ? undefined : `${prefix}*`)
  return {
    kind,
    group: version === undefined ? undefined : groupOf(version),
    namespace,
    name,
    label: shown === undefined ? kind : `${kind} ${qualified(namespace, shown)}`,
    node,
  }
}

/** `shop/web`, or `web` if the namespace is not known. */
export function qualified(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}
