import { child, textOf } from '../yaml/node.ts'
import { type KubernetesObject, qualified } from './kubernetes-object.ts'

/** A secret with credentials for registries. Its content is a secret: it must not be printed, logged or put in an error. */
export interface PullSecret {
  /** As an image names it: `shop/registry-login`. */
  readonly name: string
  /** `.dockerconfigjson` has `auths` around the entries; the older `.dockercfg` is the entries alone. */
  readonly format: '.dockerconfigjson' | '.dockercfg'
  readonly encoding: 'base64' | 'plain'
  readonly content: string
}

const FORMATS: ReadonlyMap<string, PullSecret['format']> = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
])

/**
 * The credentials in a secret, if it is one for pulls. Not decoded.
 *
 * @see Kubernetes, "Secrets", "Docker config Secrets"; core/v1 Secret: `stringData` wins over `data`
 */
export function pullSecretOf(secret: KubernetesObject): PullSecret | undefined {
  const format = FORMATS.get(textOf(child(secret.node, 'type')) ?? '')
  if (format === undefined || secret.name === undefined) return undefined
  const name = qualified(secret.namespace, secret.name)
  const plain = textOf(child(secret.node, 'stringData', format))
  if (plain !== undefined) return { name, format, encoding: 'plain', content: plain }
  const encoded = textOf(child(secret.node, 'data', format))
  return encoded === undefined ? undefined : { name, format, encoding: 'base64', content: encoded }
}
