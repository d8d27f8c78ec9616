import { expect, it } from 'vitest'
import { type KubeObject, nameOf, podTemplates } from '../k8s/manifests.ts'
import { describeWithHelm, objectsOf, type Values } from './helm.ts'

interface Rule {
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
}

/** `shop: pods, …`, a line for each role; all verbs are those of reading. */
function rightsIn(objects: readonly KubeObject[]): readonly string[] {
  const roles = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
  return roles.map((role) => {
    const { rules } = role as unknown as { readonly rules: readonly Rule[] }
    for (const { verbs } of rules) expect(verbs).toEqual(['get', 'list', 'watch'])
    const resources = rules.flatMap(({ resources }) => resources).join(' ')
    return `${'namespace' in role.metadata ? role.metadata.namespace : 'cluster'}: ${resources.replace(WORKLOADS, 'workloads')}`
  })
}

const WORKLOADS = 'pods replicationcontrollers daemonsets deployments replicasets statefulsets cronjobs jobs'

const serving = (references: readonly object[], more: Values = {}): readonly KubeObject[] =>
  objectsOf({ mode: 'serve', references, ...more })

describeWithHelm('the chart grants', () => {
  it.each([
    ['nothing for files', [{ name: 'a', from: ['/lists'] }], []],
    ['nothing to whom brings an account', [{ name: 'a', kubernetes: { kubeconfig: '/etc/kubeconfig' } }], []],
    ['what runs in the cluster', [{ name: 'a', kubernetes: {} }], ['cluster: workloads']],
    [
      'nodes only for their platforms, secrets only where they are used',
      [{ name: 'a', kubernetes: {}, platform: 'auto', 'use-pull-secrets': true }],
      ['cluster: nodes workloads secrets serviceaccounts'],
    ],
    [
      'no secret where use-pull-secrets is off',
      [{ name: 'a', kubernetes: {}, 'use-pull-secrets': false }],
      ['cluster: workloads'],
    ],
    [
      'what runs in a namespace there, and nowhere else',
      [{ name: 'a', kubernetes: { namespaces: ['shop', 'search'] } }],
      ['search: workloads', 'shop: workloads'],
    ],
    [
      'nodes in the cluster, because they have no namespace',
      [{ name: 'a', kubernetes: { namespaces: ['shop'] }, platform: 'auto' }],
      ['cluster: nodes', 'shop: workloads'],
    ],
    [
      'to each entry what it reads, and nothing twice',
      [
        { name: 'a', kubernetes: { namespaces: ['shop'] } },
        { name: 'b', kubernetes: { namespaces: ['shop', 'bank'] }, 'use-pull-secrets': true },
        { name: 'c', kubernetes: { namespaces: ['bank'] } },
      ],
      ['bank: workloads secrets serviceaccounts', 'shop: workloads secrets serviceaccounts'],
    ],
  ])('%s', (_, references, rights) => {
    const objects = serving(references)
    expect(rightsIn(objects)).toEqual(rights)
    const bindings = objects.filter(({ kind }) => kind.endsWith('Binding'))
    expect(bindings).toHaveLength(rights.length)
    for (const binding of bindings)
      expect(binding).toMatchObject({ subjects: [{ name: 'regfsck-reader', namespace: 'regfsck' }] })
    expect(tokenIn(objects)).toBe(rights.length > 0)
    expect(objects.map(nameOf).includes('ServiceAccount regfsck-reader')).toBe(rights.length > 0)
  })

  it('nothing that others have granted, and never anything to the account that all pods have', () => {
    const references = [{ name: 'a', kubernetes: {} }]
    const named = serving(references, { rbac: { create: false }, serviceAccount: { name: 'own' } })
    expect(named.map(nameOf).filter((name) => /Role|ServiceAccount/.test(name))).toEqual([])
    expect(podTemplates(named)[0]?.pod.spec?.serviceAccountName).toBe('own')
    expect(tokenIn(named)).toBe(true)
    expect(() => serving(references, { rbac: { create: false } })).toThrow(
      'rbac.create: false: name an account that may read the cluster: serviceAccount.name',
    )
  })

  it('roles of the cluster under names that two releases do not share', () => {
    const references = [{ name: 'a', kubernetes: {} }]
    const names = ['one', 'two'].flatMap((namespace) =>
      objectsOf({ mode: 'serve', references }, { namespace })
        .map(nameOf)
        .filter((name) => name.startsWith('ClusterRole ')),
    )
    expect(names).toEqual(['ClusterRole one-regfsck-reader', 'ClusterRole two-regfsck-reader'])
  })

  it('to registries alone nothing', () => {
    const objects = objectsOf({ mode: 'serve', registries: [{ name: 'a', url: 'https://a.example' }] })
    expect(rightsIn(objects)).toEqual([])
    expect(tokenIn(objects)).toBe(false)
  })
})

/** Whether the pod has the token of its account. */
function tokenIn(objects: readonly KubeObject[]): boolean {
  const [pod] = podTemplates(objects).map(({ pod }) => pod)
  const volumes = pod?.spec?.volumes?.filter(({ projected }) =>
    projected?.sources?.some((source) => source.serviceAccountToken),
  )
  return (volumes ?? []).length > 0
}
