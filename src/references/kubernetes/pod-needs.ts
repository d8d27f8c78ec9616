import { child, itemsOf, type Node, textOf } from '../yaml/node.ts'
import { qualified } from './kubernetes-object.ts'
import { textsIn } from './labels.ts'
import { platformOfPod } from './platform.ts'

/** What a pod says about its nodes and its credentials. */
export interface PodNeeds {
  /** The node on which it runs. */
  readonly node: string | undefined
  /** The platform that it asks for. */
  readonly platform: string | undefined
  /** Labels that its node must have. */
  readonly nodeSelector: ReadonlyMap<string, string>
  /** Whether it requires more of its node than labels. */
  readonly hasAffinity: boolean
  /** `shop/registry-login` */
  readonly pullSecrets: readonly string[]
  /** Its service account, whose pull secrets it gets if it has none: `shop/default`. */
  readonly account: string
}

/**
 * Reads what a pod needs besides its images. A custom resource with the same keys is read alike.
 *
 * @see core/v1 PodSpec, `nodeName`, `nodeSelector`, `affinity`, `imagePullSecrets`, `serviceAccountName`
 */
export function needsOfPod(spec: Node, namespace: string | undefined): PodNeeds {
  const account = textOf(child(spec, 'serviceAccountName')) ?? textOf(child(spec, 'serviceAccount')) ?? 'default'
  return {
    node: textOf(child(spec, 'nodeName')),
    platform: platformOfPod(spec),
    nodeSelector: textsIn(child(spec, 'nodeSelector')),
    hasAffinity: child(spec, ...REQUIRED) !== undefined,
    pullSecrets: pullSecretsOf(spec, namespace),
    account: qualified(namespace, account),
  }
}

const REQUIRED = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution']

/** The names in `imagePullSecrets` of a pod or a service account, with their namespace. */
export function pullSecretsOf(node: Node, namespace: string | undefined): readonly string[] {
  return itemsOf(child(node, 'imagePullSecrets')).flatMap((secret) => {
    const name = textOf(child(secret, 'name'))
    return name === undefined || name === '' ? [] : [qualified(namespace, name)]
  })
}
