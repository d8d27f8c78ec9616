import { child, itemsOf, type Node, textOf } from '../yaml/node.ts'

/** The second name of each label is the one before Kubernetes 1.14. */
const ARCHITECTURE = ['kubernetes.io/arch', 'beta.kubernetes.io/arch']
const SYSTEM = ['kubernetes.io/os', 'beta.kubernetes.io/os']

/**
 * The platform of a node: `linux/arm64`.
 *
 * @see Kubernetes, "Well-Known Labels, Annotations and Taints": the kubelet sets both labels from Go's GOARCH and GOOS
 * @see core/v1 Node, `status.nodeInfo.architecture` and `operatingSystem`
 */
export function platformOfNode(node: Node): string | undefined {
  const labels = child(node, 'metadata', 'labels')
  const info = child(node, 'status', 'nodeInfo')
  return platform(
    labelOf(labels, SYSTEM) ?? textOf(child(info, 'operatingSystem')),
    labelOf(labels, ARCHITECTURE) ?? textOf(child(info, 'architecture')),
  )
}

/**
 * The one platform that a pod asks for. `undefined` if it may run on several architectures, or on any.
 *
 * @see core/v1 PodSpec, `os.name`, `nodeSelector` and
 *   `affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution` (its terms are alternatives)
 */
export function platformOfPod(spec: Node): string | undefined {
  const selector = child(spec, 'nodeSelector')
  return platform(
    textOf(child(spec, 'os', 'name')) ?? labelOf(selector, SYSTEM) ?? requiredLabel(spec, SYSTEM),
    labelOf(selector, ARCHITECTURE) ?? requiredLabel(spec, ARCHITECTURE),
  )
}

/** A pod that asks for an architecture alone is for Linux, as nearly all are. */
function platform(system: string | undefined, architecture: string | undefined): string | undefined {
  return architecture === undefined ? undefined : `${system ?? 'linux'}/${architecture}`
}

function labelOf(labels: Node | undefined, names: readonly string[]): string | undefined {
  return names.map((name) => textOf(child(labels, name))).find((value) => value !== undefined)
}

/** The only value of a label that every term of the required affinity allows. */
function requiredLabel(spec: Node, names: readonly string[]): string | undefined {
  const terms = itemsOf(
    child(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'),
  )
  const wanted = new Set(terms.map((term) => onlyValueIn(term, names)))
  return wanted.size === 1 ? [...wanted][0] : undefined
}

function onlyValueIn(term: Node, names: readonly string[]): string | undefined {
  for (const expression of itemsOf(child(term, 'matchExpressions'))) {
    const values = itemsOf(child(expression, 'values'))
    const isIn = textOf(child(expression, 'operator')) === 'In' && values.length === 1
    if (isIn && names.includes(textOf(child(expression, 'key')) ?? '')) return textOf(values[0])
  }
  return undefined
}
