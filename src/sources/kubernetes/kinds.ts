import type { Mask } from './pick.ts'
import type { ClusterSettings } from './settings.ts'

/** A kind of objects in the Kubernetes API. */
export interface ClusterKind {
  readonly kind: string
  readonly apiVersion: string
  /** As in URLs and rules: `pods`. */
  readonly resource: string
  readonly isNamespaced: boolean
  /** Whether it is a pod or a workload: the label selector of the settings is for those. */
  readonly isWorkload: boolean
  readonly fieldSelector?: string
  /** What the reader of manifests needs of it. */
  readonly keep: Mask
}

/** Istio sets the image of pods with these. */
const ISTIO: Mask = { 'inject.istio.io/templates': true, 'sidecar.istio.io/inject': true }
const METADATA: Mask = {
  name: true,
  namespace: true,
  labels: ISTIO,
  annotations: ISTIO,
  ownerReferences: { kind: true, name: true },
}
const CONTAINER: Mask = { name: true, image: true }
const STATUS: Mask = { name: true, imageID: true }

/** @see core/v1 PodSpec */
const POD_SPEC: Mask = {
  nodeName: true,
  nodeSelector: true,
  os: true,
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: true } },
  serviceAccountName: true,
  serviceAccount: true,
  imagePullSecrets: true,
  initContainers: CONTAINER,
  containers: CONTAINER,
  ephemeralContainers: CONTAINER,
  volumes: { name: true, image: { reference: true } },
}

const POD: Mask = {
  metadata: METADATA,
  spec: POD_SPEC,
  status: {
    phase: true,
    initContainerStatuses: STATUS,
    containerStatuses: STATUS,
    ephemeralContainerStatuses: STATUS,
  },
}

const TEMPLATE: Mask = { metadata: METADATA, spec: POD_SPEC }
/** `replicas` and `conditions` tell old revisions and finished jobs. */
const WORKLOAD: Mask = {
  metadata: METADATA,
  spec: { replicas: true, template: TEMPLATE },
  status: { conditions: { type: true, status: true } },
}
const CRON_JOB: Mask = { metadata: METADATA, spec: { jobTemplate: { spec: { template: TEMPLATE } } } }

/** Labels and taints tell on which nodes a pod may start. */
const NODE: Mask = {
  metadata: { name: true, labels: true },
  spec: { taints: { key: true, effect: true } },
  status: { nodeInfo: { architecture: true, operatingSystem: true } },
}
const ACCOUNT: Mask = { metadata: { name: true, namespace: true }, imagePullSecrets: true }
const SECRET: Mask = { metadata: { name: true, namespace: true }, type: true, data: true }

const WORKLOADS: readonly ClusterKind[] = [
  workload('Pod', 'v1', 'pods', POD),
  workload('ReplicationController', 'v1', 'replicationcontrollers', WORKLOAD),
  workload('DaemonSet', 'apps/v1', 'daemonsets', WORKLOAD),
  workload('Deployment', 'apps/v1', 'deployments', WORKLOAD),
  workload('ReplicaSet', 'apps/v1', 'replicasets', WORKLOAD),
  workload('StatefulSet', 'apps/v1', 'statefulsets', WORKLOAD),
  workload('CronJob', 'batch/v1', 'cronjobs', CRON_JOB),
  workload('Job', 'batch/v1', 'jobs', WORKLOAD),
]

const NODES: ClusterKind = {
  kind: 'Node',
  apiVersion: 'v1',
  resource: 'nodes',
  isNamespaced: false,
  isWorkload: false,
  keep: NODE,
}

/** The accounts of pods, and secrets of the two types for registries. No other secret is asked for. */
const PULL_SECRETS: readonly ClusterKind[] = [
  { ...workload('ServiceAccount', 'v1', 'serviceaccounts', ACCOUNT), isWorkload: false },
  ...['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'].map((type) => ({
    ...workload('Secret', 'v1', 'secrets', SECRET),
    isWorkload: false,
    fieldSelector: `type=${type}`,
  })),
]

/** The kinds that the settings ask for. */
export function kindsFor({ nodes, pullSecrets }: ClusterSettings): readonly ClusterKind[] {
  return [...WORKLOADS, ...(nodes ? [NODES] : []), ...(pullSecrets ? PULL_SECRETS : [])]
}

function workload(kind: string, apiVersion: string, resource: string, keep: Mask): ClusterKind {
  return { kind, apiVersion, resource, keep, isNamespaced: true, isWorkload: true }
}
