import { child, itemsOf, type Node, textOf } from '../yaml/node.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

const TEMPLATE = ['spec', 'template', 'spec']

/** Where the pod of each kind of workload is. @see core/v1, apps/v1, batch/v1: PodTemplateSpec */
const POD_SPECS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', ['spec']],
  ['PodTemplate', ['template', 'spec']],
  ['ReplicationController', TEMPLATE],
  ['ReplicaSet', TEMPLATE],
  ['Deployment', TEMPLATE],
  ['StatefulSet', TEMPLATE],
  ['DaemonSet', TEMPLATE],
  ['Job', TEMPLATE],
  ['CronJob', ['spec', 'jobTemplate', ...TEMPLATE]],
])

/** The pod of a workload of Kubernetes itself. */
export function podSpecOf({ kind, node }: KubernetesObject): Node | undefined {
  const path = POD_SPECS.get(kind)
  return path === undefined ? undefined : child(node, ...path)
}

/**
 * Why a workload of a cluster will not start a container again, as the end of a sentence.
 *
 * @see core/v1 PodStatus.phase; batch/v1 JobStatus.conditions; apps/v1 DeploymentSpec.revisionHistoryLimit
 */
export function whyOver({ kind, node }: KubernetesObject): string | undefined {
  const status = child(node, 'status')
  if (kind === 'Pod') return FINISHED.has(textOf(child(status, 'phase')) ?? '') ? 'the pod has finished' : undefined
  if (kind === 'Job') return itemsOf(child(status, 'conditions')).some(isEnd) ? 'the job has finished' : undefined
  if (kind === 'ReplicaSet') return isOldRevision(node) ? 'it is an old revision, scaled to 0' : undefined
  return undefined
}

const FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed'])
const ENDS: ReadonlySet<string> = new Set(['Complete', 'Failed'])

function isEnd(condition: Node): boolean {
  return ENDS.has(textOf(child(condition, 'type')) ?? '') && textOf(child(condition, 'status')) === 'True'
}

function isOldRevision(replicaSet: Node): boolean {
  const replicas = child(replicaSet, 'spec', 'replicas')
  const isScaledDown = replicas?.kind === 'scalar' && replicas.value === 0
  return isScaledDown && itemsOf(child(replicaSet, 'metadata', 'ownerReferences')).length > 0
}
