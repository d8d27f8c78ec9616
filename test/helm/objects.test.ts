import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec'
import { beforeAll, expect, it } from 'vitest'
import { containersOf, isRegfsck, type KubeObject, nameOf, type PodTemplate, podTemplates } from '../k8s/manifests.ts'
import { modelErrors } from '../k8s/model-check.ts'
import { ownRuleProblems } from '../k8s/own-rules.ts'
import { podSecurityProblems } from '../k8s/pod-security.ts'
import { scratch } from '../support/scratch.ts'
import { CHART, describeWithHelm, helm, objectsOf, type Values } from './helm.ts'
import { SIDECARS, VALUE_SETS, type ValueSet } from './value-sets.ts'

const ALL = [...VALUE_SETS, ...SIDECARS]

describeWithHelm('the chart, installed with', () => {
  const made = new Map<string, readonly KubeObject[]>()
  let errors: ReadonlyMap<string, readonly string[]>

  // One run of the compiler for all of them.
  const directory = scratch()
  beforeAll(() => {
    for (const { title, values, release } of ALL) made.set(title, objectsOf(values, release))
    const named = [...made].flatMap(([title, objects]) =>
      objects.map((object) => [`${title}: ${nameOf(object)}`, object] as const),
    )
    errors = modelErrors(Object.fromEntries(named), directory)
  })

  it.each(ALL)('$title passes helm lint', ({ values }) => {
    const { code, stdout, stderr } = helm(['lint', '--strict', CHART, '--values', '-'], values)
    expect(code, stdout + stderr).toBe(0)
  })

  it.each(ALL)('$title is what Kubernetes takes it for', ({ title }) => {
    const said = [...errors].filter(([name]) => name.startsWith(`${title}: `))
    expect(said).toEqual([])
    expect(made.get(title)).not.toEqual([])
  })

  it.each(ALL)('$title has labels by which its objects are found, and no two of one name', (set) => {
    const objects = made.get(set.title) ?? []
    const names = objects.map(
      (object) => `${nameOf(object)} ${'namespace' in object.metadata && object.metadata.namespace}`,
    )
    expect(names).toEqual([...new Set(names)])
    for (const { kind, metadata } of objects) {
      expect(metadata.name).toMatch(/^[a-z0-9][a-z0-9.-]{0,61}[a-z0-9]$/)
      expect('namespace' in metadata ? metadata.namespace : undefined).toEqual(namespaceOf(set, kind))
      expect(metadata).toMatchObject({
        labels: {
          'app.kubernetes.io/name': 'regfsck',
          'app.kubernetes.io/instance': set.release?.name ?? 'regfsck',
          'app.kubernetes.io/managed-by': 'Helm',
          'app.kubernetes.io/version': '0.1.0',
          'helm.sh/chart': 'regfsck-0.1.0',
          ...labelsIn(set.values, 'commonLabels'),
        },
      })
    }
  })

  it.each(VALUE_SETS)('$title is restricted, reads, and has no rights', ({ title, problems = [] }) => {
    const pods = podsOf(title)
    expect(pods).not.toEqual([])
    for (const pod of pods) expect([...podSecurityProblems(pod), ...ownRuleProblems(pod)]).toEqual(problems)
  })

  it.each(VALUE_SETS)('$title writes to no storage', (set) => {
    for (const pod of podsOf(set.title)) expect(writableStorage(pod, storageNames(set))).toEqual([])
  })

  it('a storage that could be written to would be found', () => {
    const [pod] = podsOf('a CronJob that reads a claim')
    const copy = structuredClone(pod)
    const mount = copy?.spec?.containers[0]?.volumeMounts?.find(({ mountPath }) => mountPath === '/var/lib/registry')
    if (copy === undefined || mount === undefined) throw new Error('no mount')
    Object.assign(mount, { readOnly: false })
    expect(writableStorage(copy, ['registry'])).toEqual(['/var/lib/registry'])
  })

  it.each(VALUE_SETS)('$title refers only to what it has or was given', ({ title, values }) => {
    const own = (made.get(title) ?? []).map(nameOf)
    const text = JSON.stringify(values)
    for (const name of podsOf(title).flatMap(references))
      expect(own.includes(name) || text.includes(JSON.stringify(name.split(' ')[1])), name).toBe(true)
  })

  it('lets pods out only to ports of registries that they ask', () => {
    const storage = { existingClaim: 'registry' }
    const portsFor = (...registries: object[]): unknown => {
      const objects = objectsOf({ mode: 'serve', networkPolicy: { enabled: true }, registries })
      const policy = objects.find(({ metadata }) => metadata.name === 'regfsck-to-registry')
      return [...JSON.stringify(policy?.spec ?? '').matchAll(/"port":(\d+)/g)].map(([, port]) => Number(port))
    }
    const [https, http, odd] = ['https://a.example', 'http://b.example/prefix', 'https://[fd00::1]:8443']
    expect(portsFor({ name: 'a', url: https }, { name: 'b', url: http }, { name: 'c', url: odd })).toEqual([
      443, 80, 8443,
    ])
    expect(portsFor({ name: 'a', storage, settings: { against: odd } })).toEqual([8443])
    expect(portsFor({ name: 'a', storage })).toEqual([])
  })

  function podsOf(title: string): PodTemplate[] {
    return podTemplates(made.get(title) ?? []).map(({ pod }) => pod)
  }
})

/** Objects of the cluster have none. Roles are in the namespaces that are read. */
function namespaceOf({ release }: ValueSet, kind: string): unknown {
  if (kind.startsWith('ClusterRole')) return undefined
  return kind.startsWith('Role') ? expect.stringMatching(/^(?:shop|search)$/) : (release?.namespace ?? 'regfsck')
}

/** Names of claims, paths of nodes and servers that registries are on. */
function storageNames({ values }: ValueSet): string[] {
  const registries = (values['registries'] ?? []) as readonly { readonly storage?: Record<string, unknown> }[]
  return registries
    .flatMap(({ storage = {} }) =>
      ['existingClaim', 'hostPath', 'nfs'].flatMap((key) => {
        const value = storage[key]
        return typeof value === 'object' && value !== null && 'server' in value ? String(value.server) : [value]
      }),
    )
    .filter((name): name is string => typeof name === 'string')
}

/** Where our containers may write to one of these. */
function writableStorage(pod: PodTemplate, names: readonly string[]): string[] {
  const volumes = (pod.spec?.volumes ?? []).filter(({ persistentVolumeClaim, hostPath, nfs }) =>
    [persistentVolumeClaim?.claimName, hostPath?.path, nfs?.server].some((name) => names.includes(name ?? '')),
  )
  const mounts = containersOf(pod)
    .filter(isRegfsck)
    .flatMap(({ volumeMounts = [] }) => volumeMounts)
  return mounts
    .filter((mount) => volumes.some(({ name }) => name === mount.name) && mount.readOnly !== true)
    .map(({ mountPath }) => mountPath)
}

/** `Kind name` of everything that a pod needs to start. */
function references({ spec }: IPodTemplateSpec): string[] {
  const volumes = spec?.volumes ?? []
  const found = [
    ...volumes.map(({ configMap }) => configMap?.name && `ConfigMap ${configMap.name}`),
    ...volumes.map(({ secret }) => secret?.secretName && `Secret ${secret.secretName}`),
    ...volumes.map(({ persistentVolumeClaim: claim }) => claim && `PersistentVolumeClaim ${claim.claimName}`),
    ...(spec?.containers ?? []).flatMap(({ envFrom = [] }) =>
      envFrom.map(({ configMapRef }) => configMapRef && `ConfigMap ${configMapRef.name}`),
    ),
    ...(spec?.imagePullSecrets ?? []).map(({ name }) => `Secret ${name}`),
    spec?.serviceAccountName && `ServiceAccount ${spec.serviceAccountName}`,
  ]
  return found.filter((name): name is string => name !== undefined && name !== '')
}

function labelsIn(values: Values, key: string): object {
  const labels = values[key]
  return typeof labels === 'object' && labels !== null ? labels : {}
}
