import * as z from 'zod'
import { nameSchema } from './name-schema.ts'

/** A Kubernetes cluster whose images `serve` checks, in an entry of `references`. */
export interface ClusterEntry {
  /** `undefined`: all. */
  readonly namespaces?: readonly string[] | undefined
  readonly labelSelector?: string | undefined
  /** Of the kubeconfig, one set each; `undefined`: the current one. */
  readonly contexts?: readonly string[] | undefined
  readonly kubeconfig?: string | undefined
}

const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

const cluster = z.strictObject({
  namespaces: z
    .array(z.string().regex(NAMESPACE, { error: 'expected the name of a namespace' }))
    .min(1, { error: 'expected at least one namespace; leave the key out for all' })
    .optional()
    .meta({ description: 'the namespaces that are read; without it all' }),
  labelSelector: z
    .string()
    .min(1, { error: 'expected a selector; leave the key out for all' })
    .optional()
    .meta({ description: 'which pods and workloads are read, as for `kubectl get --selector`' }),
  contexts: z
    .array(nameSchema)
    .min(1, { error: 'expected at least one context; leave the key out for the current one' })
    .optional()
    .meta({ description: 'contexts of the kubeconfig: a set of images for each, named `NAME/CONTEXT`' }),
  kubeconfig: z
    .string()
    .min(1, { error: 'expected a path' })
    .optional()
    .meta({ description: 'a kubeconfig file; without it `KUBECONFIG`, `~/.kube/config`, or the account of the pod' }),
})

/** The schema of {@link ClusterEntry}. */
export const clusterSchema: z.ZodType<ClusterEntry> = cluster

/** Its keys. */
export const CLUSTER_KEYS: readonly string[] = Object.keys(cluster.shape)
