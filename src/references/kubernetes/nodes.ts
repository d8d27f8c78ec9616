import { child, itemsOf, type Node, textOf } from '../yaml/node.ts'
import { textsIn } from './labels.ts'
import { platformOfNode } from './platform.ts'
import type { PodNeeds } from './pod-needs.ts'

/** A node of the cluster. */
interface ClusterNode {
  readonly platform: string
  readonly labels: ReadonlyMap<string, string>
  /** A taint keeps pods away that do not tolerate it. */
  readonly isReserved: boolean
}

/** The nodes among the objects. */
export class ClusterNodes {
  readonly #nodes = new Map<string, ClusterNode>()

  /** How many are known. */
  get size(): number {
    return this.#nodes.size
  }

  /** A node without a platform tells nothing, and is left out. */
  add(name: string, node: Node): void {
    const platform = platformOfNode(node)
    if (platform === undefined) return
    const labels = textsIn(child(node, 'metadata', 'labels'))
    const isReserved = itemsOf(child(node, 'spec', 'taints')).some((taint) => isReserving(taint))
    this.#nodes.set(name, { platform, labels, isReserved })
  }

  platformOf(name: string): string | undefined {
    return this.#nodes.get(name)?.platform
  }

  /**
   * The platforms of the nodes on which the pods of a template may start. Nodes with taints count only where no other fits.
   * Empty if that is not known: node affinity is not evaluated.
   *
   * @see Kubernetes, "Assigning Pods to Nodes" and "Taints and Tolerations"
   */
  platformsFor({ nodeSelector, hasAffinity }: PodNeeds): readonly string[] {
    if (hasAffinity) return []
    const fitting = [...this.#nodes.values()].filter(({ labels }) =>
      [...nodeSelector].every(([key, value]) => labels.get(key) === value),
    )
    const open = fitting.filter(({ isReserved }) => !isReserved)
    return [...new Set((open.length > 0 ? open : fitting).map(({ platform }) => platform))].sort()
  }
}

const KEEPS_AWAY: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute'])
/** What the cluster itself says of a node for some time: cordoned, not ready, short of memory. */
const PASSING = 'node.kubernetes.io/'

function isReserving(taint: Node): boolean {
  const effect = textOf(child(taint, 'effect')) ?? ''
  return KEEPS_AWAY.has(effect) && !(textOf(child(taint, 'key')) ?? '').startsWith(PASSING)
}
