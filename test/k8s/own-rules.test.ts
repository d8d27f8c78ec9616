import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole'
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding'
import { describe, expect, it } from 'vitest'
import { kindsFor } from '../../src/sources/kubernetes/kinds.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithKustomize, kustomize } from './kustomize.ts'
import {
  isRegfsck,
  K8S,
  nameOf,
  objectsIn,
  overlays,
  type PodTemplate,
  podTemplates,
  put,
  rendered,
} from './manifests.ts'
import { ownRuleProblems } from './own-rules.ts'

const pods = overlays().flatMap((overlay) =>
  podTemplates(rendered(overlay)).map(({ name, pod }) => ({ title: `${overlay}: ${name}`, pod })),
)

describe('a pod', () => {
  it.each(pods)('of $title reads, and has no rights', ({ pod }) => {
    expect(ownRuleProblems(pod)).toEqual([])
  })

  const CONTAINER = 'spec.containers.0'
  const BAD: readonly (readonly [path: string, value: unknown, problem: string])[] = [
    ['spec.automountServiceAccountToken', undefined, 'pod: has a token of its service account'],
    ['spec.serviceAccountName', 'admin', 'pod: has a service account of its own'],
    ['spec.enableServiceLinks', undefined, 'pod: has the names of services in its environment'],
    ['spec.securityContext.fsGroup', 1000, 'pod: fsGroup gives files another owner'],
    ['spec.volumes.3.persistentVolumeClaim.readOnly', true, 'volume registry-storage: a claim that is readOnly'],
    [`${CONTAINER}.volumeMounts.3.readOnly`, undefined, 'regfsck: may write to /var/lib/registry'],
    [`${CONTAINER}.volumeMounts.3.readOnly`, false, 'regfsck: may write to /var/lib/registry'],
    [`${CONTAINER}.volumeMounts.1.name`, 'nothing', 'regfsck: mounts nothing, which there is not'],
    [`${CONTAINER}.securityContext.readOnlyRootFilesystem`, undefined, 'regfsck: may write to its root'],
    [`${CONTAINER}.resources.requests`, undefined, 'regfsck: asks for no resources'],
    [`${CONTAINER}.resources.limits`, { cpu: '1' }, 'regfsck: has no limit of memory'],
    [`${CONTAINER}.image`, 'ghcr.io/example/regfsck:latest', 'regfsck: image ghcr.io/example/regfsck:latest'],
    [`${CONTAINER}.image`, 'ghcr.io/example/regfsck', 'regfsck: image ghcr.io/example/regfsck'],
    [
      `${CONTAINER}.env`,
      [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
      'regfsck: has a secret in PASSWORD',
    ],
  ]

  it.each(BAD)('would be refused with %s: %j', (path, value, problem) => {
    const pod = podOf('storage')
    put(pod, path, value)
    expect(ownRuleProblems(pod)).toEqual([problem])
  })

  it('that reads what is deployed would be refused with the token in regfsck itself', () => {
    const pod = podOf('deployed')
    put(pod, `${CONTAINER}.volumeMounts.4`, { name: 'account', mountPath: '/token', readOnly: true })
    expect(ownRuleProblems(pod)).toEqual(['regfsck: has a token'])
  })

  it('beside a registry does not decide whether the registry is ready', () => {
    const pod = podOf('sidecar')
    const ours = pod.spec?.containers.findIndex(isRegfsck)
    put(pod, `spec.containers.${ours}.readinessProbe`, { httpGet: { path: '/readyz', port: 9847 } })
    expect(ownRuleProblems(pod)).toEqual(['regfsck: decides whether the registry is ready'])
  })
})

describe('the storage of a registry', () => {
  const mounts = pods.flatMap(({ title, pod }) => {
    const claims = (pod.spec?.volumes ?? []).filter((volume) => volume.persistentVolumeClaim).map(({ name }) => name)
    return (pod.spec?.containers ?? []).flatMap(({ name, volumeMounts = [] }) =>
      volumeMounts
        .filter((mount) => claims.includes(mount.name))
        .map(({ readOnly }) => ({ where: `${title}, ${name}`, readOnly })),
    )
  })

  it('is written to by the registry alone, which stands for the one that people have', () => {
    expect(mounts.filter(({ readOnly }) => readOnly !== true)).toEqual([
      { where: 'sidecar: Deployment registry, registry', readOnly: undefined },
    ])
    expect(mounts.filter(({ readOnly }) => readOnly === true).map(({ where }) => where)).toEqual([
      'sidecar: Deployment registry, regfsck',
      'storage: CronJob regfsck, regfsck',
    ])
  })

  it('has a volume that is on the node of the registry', () => {
    expect(podOf('storage').spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'registry' } } },
    ])
  })
})

describe('no manifest', () => {
  it('says fsGroup', () => {
    for (const overlay of overlays()) expect(JSON.stringify(rendered(overlay))).not.toContain('fsGroup')
  })

  it('grants a right, or holds a secret, but for what reads what is deployed', () => {
    const rights = overlays().flatMap((overlay) =>
      rendered(overlay)
        .filter(({ kind }) => /Role|ServiceAccount|^Secret$/.test(kind))
        .map((each) => `${overlay}: ${nameOf(each)}`),
    )
    expect(rights.sort()).toEqual([
      'deployed: ClusterRole regfsck-reader',
      'deployed: ClusterRoleBinding regfsck-reader',
      'deployed: ServiceAccount regfsck-reader',
      'serve-cluster: ClusterRole regfsck-reader',
      'serve-cluster: ClusterRoleBinding regfsck-reader',
      'serve-cluster: ServiceAccount regfsck-reader',
    ])
  })

  it('leaves an object without the name that the runbooks look for', () => {
    const objects = overlays().flatMap((overlay) => rendered(overlay).map((object) => ({ overlay, object })))
    const others = objects
      .filter(({ object }) => object.metadata.labels?.['app.kubernetes.io/name'] !== 'regfsck')
      .map(({ object }) => nameOf(object))
    expect(new Set(others)).toEqual(new Set(['Deployment registry']))
  })
})

describe.each(['deployed', 'serve-cluster'])('who reads what is deployed, in %s', (overlay) => {
  const [role] = rendered(overlay).filter(({ kind }) => kind === 'ClusterRole') as unknown as IClusterRole[]
  const [binding] = rendered(overlay).filter(
    ({ kind }) => kind === 'ClusterRoleBinding',
  ) as unknown as IClusterRoleBinding[]
  const allowed = (role?.rules ?? []).flatMap(({ apiGroups = [], resources = [] }) =>
    resources.map((resource) => [resource, ...apiGroups.filter((group) => group !== '')].join('.')),
  )

  it('may only read, and only the kinds that are read; no secret', () => {
    const rules = role?.rules ?? []
    expect(rules.map(({ verbs }) => verbs)).toEqual(rules.map(() => ['get', 'list', 'watch']))
    expect([...allowed].sort()).toEqual([
      ...['cronjobs.batch', 'daemonsets.apps', 'deployments.apps', 'jobs.batch', 'nodes', 'pods'],
      ...['replicasets.apps', 'replicationcontrollers', 'statefulsets.apps'],
    ])
    expect(rules.filter((rule) => rule.nonResourceURLs !== undefined || rule.resourceNames !== undefined)).toEqual([])
  })

  it('is the account of the overlay in its namespace', () => {
    expect(binding).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'regfsck-reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'regfsck-reader', namespace: 'regfsck' }],
    })
    expect(podOf(overlay).spec?.serviceAccountName).toBe('regfsck-reader')
  })

  it('asks for what it may read', () => {
    const [kubectl] = podOf('deployed').spec?.initContainers ?? []
    const asked =
      overlay === 'deployed'
        ? (/pods,\S+/.exec(kubectl?.args?.join() ?? '')?.[0].split(',') ?? [])
        : kindsFor({ namespaces: [], nodes: true, pullSecrets: false }).map(qualified)
    expect([...asked].sort()).toEqual([...allowed].sort())
  })
})

describeWithKustomize('the component for pull secrets', () => {
  it('adds what it takes to read them, to the same account, and nothing else', () => {
    const directory = scratch()
    const path = (name: string): string => relative(directory, join(K8S, name))
    const kustomization = {
      resources: [path('overlays/serve-cluster')],
      components: [path('components/cluster-secrets')],
    }
    writeFileSync(join(directory, 'kustomization.yaml'), JSON.stringify({ namespace: 'regfsck', ...kustomization }))
    const before = rendered('serve-cluster').map(nameOf)
    const added = objectsIn(kustomize(directory)).filter((object) => !before.includes(nameOf(object)))
    expect(added).toMatchObject([
      { kind: 'ClusterRole', rules: [{ apiGroups: [''], resources: ['secrets', 'serviceaccounts'], verbs: READING }] },
      {
        kind: 'ClusterRoleBinding',
        roleRef: { kind: 'ClusterRole', name: 'regfsck-pull-secrets' },
        subjects: [{ kind: 'ServiceAccount', name: 'regfsck-reader', namespace: 'regfsck' }],
      },
    ])
    const asked = kindsFor({ namespaces: [], nodes: false, pullSecrets: true }).map(({ resource }) => resource)
    expect(asked).toEqual(expect.arrayContaining(['secrets', 'serviceaccounts']))
  })
})

const READING = ['get', 'list', 'watch']

function qualified({ resource, apiVersion }: { readonly resource: string; readonly apiVersion: string }): string {
  return apiVersion === 'v1' ? resource : `${resource}.${apiVersion.replace('/v1', '')}`
}

function podOf(overlay: string): PodTemplate {
  const [first] = podTemplates(rendered(overlay))
  if (first === undefined) throw new Error('no pod')
  return structuredClone(first.pod)
}
