import { expect, it } from 'vitest'
import { type KubeObject, put, rendered } from '../k8s/manifests.ts'
import { comparable, type Renames } from './comparable.ts'
import { describeWithHelm, objectsOf, type Values } from './helm.ts'
import { patchedRegistry } from './patched-registry.ts'

interface Pair {
  /** Of kustomize. */
  readonly overlay: string
  /** With which the chart makes the same. */
  readonly values: Values
  readonly renames: Renames
  /** Objects that only kustomize has, and why they are not in the chart. */
  readonly onlyKustomize: Readonly<Record<string, string>>
}

const NAMESPACE = { 'Namespace regfsck': 'Helm has --create-namespace' }
const url = 'https://registry.example.com'
const monitoring = { 'PrometheusRule regfsck': 'registry-integrity' }
const secrets = { credentials: { existingSecret: 'regfsck-registry' }, ca: { existingConfigMap: 'regfsck-authority' } }
const pushgateway = { url: 'http://pushgateway.monitoring.svc:9091' }
const profiles = [
  { name: 'fast', interval: '15m', depth: 'blobs' },
  { name: 'deep', interval: '7d', depth: 'content' },
]

const PAIRS: readonly Pair[] = [
  {
    overlay: 'http',
    values: { registries: [{ name: 'private', url }], pushgateway, ...secrets },
    renames: { 'regfsck-private': 'regfsck' },
    onlyKustomize: NAMESPACE,
  },
  {
    overlay: 'sharded',
    values: { registries: [{ name: 'private', url, shards: 4 }], pushgateway, ...secrets },
    renames: { 'regfsck-private': 'regfsck' },
    onlyKustomize: NAMESPACE,
  },
  {
    overlay: 'full',
    values: {
      registries: [{ name: 'private', url, profiles: [{ name: 'fast' }, profiles[1]] }],
      pushgateway,
      ...secrets,
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
      networkPolicy: { enabled: true },
    },
    renames: {
      ...monitoring,
      'regfsck-private': 'regfsck',
      'regfsck-private-fast': 'regfsck',
      'regfsck-private-deep': 'regfsck-deep',
    },
    onlyKustomize: { ...NAMESPACE, 'NetworkPolicy regfsck-from-prometheus': 'a CronJob is not scraped' },
  },
  {
    overlay: 'serve',
    values: {
      mode: 'serve',
      registries: [{ name: 'private', url, profiles }],
      ...secrets,
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
      networkPolicy: { enabled: true },
    },
    renames: monitoring,
    onlyKustomize: { ...NAMESPACE, 'NetworkPolicy regfsck-to-pushgateway': 'serve pushes nothing' },
  },
  {
    overlay: 'serve-cluster',
    values: {
      mode: 'serve',
      references: [{ name: 'cluster', kubernetes: {}, platform: 'auto', interval: '15m' }],
      ...secrets,
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
      networkPolicy: { enabled: true },
    },
    renames: { ...monitoring, 'regfsck-regfsck-reader': 'regfsck-reader' },
    onlyKustomize: { ...NAMESPACE, 'NetworkPolicy regfsck-to-pushgateway': 'serve pushes nothing' },
  },
  {
    overlay: 'storage',
    values: {
      registries: [{ name: 'private', storage: { existingClaim: 'registry', registryPods: { app: 'registry' } } }],
      pushgateway,
    },
    renames: { 'regfsck-private': 'regfsck' },
    onlyKustomize: {},
  },
]

describeWithHelm('the chart makes what kustomize makes', () => {
  it.each(PAIRS)('of $overlay', ({ overlay, values, renames, onlyKustomize }) => {
    const namespace = overlay === 'storage' ? 'registry' : 'regfsck'
    const chart = comparable(objectsOf(values, { namespace }), renames)
    const kustomize = comparable(rendered(overlay).map(overlay === 'storage' ? withoutCredentials : same))
    expect([...kustomize.keys()].filter((name) => !chart.has(name))).toEqual(Object.keys(onlyKustomize))
    for (const name of Object.keys(onlyKustomize)) kustomize.delete(name)
    expect(chart).toEqual(kustomize)
  })

  it('of sidecar, once its patch was applied', () => {
    const values = {
      mode: 'sidecar',
      registries: [{ name: 'private', storage: { podVolume: 'storage' }, profiles }],
      podMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
    }
    const objects = objectsOf(values, { namespace: 'registry' })
    const patch = objects.find(({ metadata }) => metadata.name === 'regfsck-sidecar-patch')
    const patched = patchedRegistry(patch?.data?.['patch.yaml'] ?? '')
    put(patched, 'metadata.namespace', 'registry')
    const chart = comparable(
      [...objects.filter((object) => object !== patch), patched].map(withSidecarLabel),
      monitoring,
    )
    expect(chart).toEqual(comparable(rendered('sidecar')))
  })

  it('and a change of one of them is seen', () => {
    const { values, renames } = PAIRS[0] ?? never()
    const changed = rendered('http').map(same)
    const cronJob = changed.find(({ kind }) => kind === 'CronJob') ?? never()
    put(cronJob, 'spec.jobTemplate.spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem', false)
    const chart = comparable(objectsOf(values), renames)
    expect(chart.get('CronJob regfsck')).not.toEqual(comparable(changed).get('CronJob regfsck'))
  })
})

/** The chart's label is the name of the release, so that two of them do not scrape each other's pods. */
function withSidecarLabel(object: KubeObject): KubeObject {
  const text = JSON.stringify(object)
  return JSON.parse(text.replaceAll('"regfsck.example/sidecar":"regfsck"', '"regfsck.example/sidecar":"true"'))
}

/** Storage is read without: the chart mounts none then. */
function withoutCredentials(object: KubeObject): KubeObject {
  const copy = same(object)
  if (object.kind !== 'CronJob') return copy
  const pod = 'spec.jobTemplate.spec.template.spec'
  const isKept = ({ name }: { name: string }) => !['docker-config', 'authority'].includes(name)
  const spec = JSON.parse(JSON.stringify(copy.spec)).jobTemplate.spec.template.spec
  put(copy, `${pod}.volumes`, spec.volumes.filter(isKept))
  put(copy, `${pod}.containers.0.volumeMounts`, spec.containers[0].volumeMounts.filter(isKept))
  put(copy, `${pod}.containers.0.env`, undefined)
  return copy
}

function same(object: KubeObject): KubeObject {
  return structuredClone(object)
}

function never(): never {
  throw new Error('no such object')
}
