import { expect, it } from 'vitest'
import { readKubernetes } from '../../../src/references/kubernetes/read-kubernetes.ts'
import type { ApiObject } from '../../support/servers/simulated-kubernetes.ts'
import { follow, kubeconfig, simulated } from './following.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: 'shop',
  uid: 'x',
  managedFields: [{}],
  ...more,
})
const POD_SPEC = {
  nodeName: 'arm',
  nodeSelector: { 'kubernetes.io/os': 'linux', pool: 'web' },
  serviceAccountName: 'web',
  imagePullSecrets: [{ name: 'login' }],
  initContainers: [{ name: 'init', image: 'init:1', env: [{ name: 'A', value: 'b' }] }],
  containers: [{ name: 'app', image: 'app:1', volumeMounts: [{ name: 'models', mountPath: '/models' }] }],
  ephemeralContainers: [{ name: 'debug', image: 'debug:1' }],
  volumes: [
    { name: 'config', configMap: { name: 'c' } },
    { name: 'models', image: { reference: 'models:1' } },
  ],
}
const AFFINITY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['s390x'] }] }],
    },
  },
}
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'template:1' }] } }
const owner = { ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'y', controller: true }] }

/** Shapes of the API, by resource; those of Kubernetes 1.32. */
const OBJECTS: Readonly<Record<string, readonly ApiObject[]>> = {
  pods: [
    {
      metadata: metadata('running'),
      spec: POD_SPEC,
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        initContainerStatuses: [{ name: 'init', imageID: DIGEST }],
        containerStatuses: [{ name: 'app', imageID: `example.com/app@${DIGEST}`, ready: true }],
        ephemeralContainerStatuses: [{ name: 'debug', imageID: '' }],
      },
    },
    { metadata: metadata('finished'), spec: POD_SPEC, status: { phase: 'Succeeded' } },
    { metadata: metadata('affine'), spec: { containers: [{ name: 'app', image: 'affine:1' }], affinity: AFFINITY } },
    {
      metadata: metadata('gateway', { annotations: { 'inject.istio.io/templates': 'gateway' } }),
      spec: { containers: [{ name: 'proxy', image: 'auto' }] },
    },
  ],
  replicationcontrollers: [{ metadata: metadata('old'), spec: { template } }],
  daemonsets: [{ metadata: metadata('agent'), spec: { template } }],
  deployments: [{ metadata: metadata('web'), spec: { replicas: 0, template } }],
  replicasets: [
    { metadata: metadata('web-1', owner), spec: { replicas: 0, template } },
    { metadata: metadata('web-2', owner), spec: { replicas: 2, template } },
  ],
  statefulsets: [{ metadata: metadata('db'), spec: { template } }],
  cronjobs: [{ metadata: metadata('backup'), spec: { jobTemplate: { spec: { template } } } }],
  jobs: [
    { metadata: metadata('done'), spec: { template }, status: { conditions: [{ type: 'Complete', status: 'True' }] } },
    { metadata: metadata('now'), spec: { template }, status: {} },
  ],
  nodes: [
    {
      metadata: { name: 'arm', labels: { pool: 'web' } },
      spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] },
      status: { nodeInfo: { architecture: 'arm64', operatingSystem: 'linux' }, images: [{ names: ['cached:1'] }] },
    },
  ],
}
const KINDS: Readonly<Record<string, string>> = {
  pods: 'v1 Pod',
  replicationcontrollers: 'v1 ReplicationController',
  daemonsets: 'apps/v1 DaemonSet',
  deployments: 'apps/v1 Deployment',
  replicasets: 'apps/v1 ReplicaSet',
  statefulsets: 'apps/v1 StatefulSet',
  cronjobs: 'batch/v1 CronJob',
  jobs: 'batch/v1 Job',
  nodes: 'v1 Node',
}

it('what is kept of a cluster (simulated) has all that is read from the full objects', async () => {
  const api = await simulated()
  for (const [resource, objects] of Object.entries(OBJECTS)) for (const each of objects) api.put(resource, { ...each })
  const whole = Object.entries(OBJECTS).flatMap(([resource, objects]) => {
    const [apiVersion, kind] = KINDS[resource]?.split(' ') ?? []
    return objects.map((each) => ({ apiVersion, kind, ...each }))
  })
  const { text, problems } = await follow(kubeconfig(api.url)).snapshot()
  expect(problems).toEqual([])
  const kept = told(text)
  expect(kept.images).toHaveLength(12)
  expect(kept).toEqual(told(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: whole })))
  expect(text.length).toBeLessThan(JSON.stringify(whole).length)
})

/** All that is read, without where it stands. */
function told(text: string) {
  const read = readKubernetes([{ name: '-', text }])
  const { objects, platforms, nodes } = read
  const sorted = <T>(items: readonly T[]): string[] => items.map((item) => JSON.stringify(item)).sort()
  return {
    objects,
    platforms,
    nodes,
    images: sorted(read.images.map(({ place: _, span: __, ...image }) => image)),
    unknown: sorted(read.unknown.map(({ place: _, ...unknown }) => unknown)),
    finished: sorted(read.finished.map(({ place: _, ...finished }) => finished)),
    unreadable: read.unreadable,
  }
}
