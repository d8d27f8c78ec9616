import { describe, expect, it } from 'vitest'
import { readKubernetes } from '../../../src/references/kubernetes/read-kubernetes.ts'
import { readText } from './read.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

/** A pod as `kubectl get pods -o json` prints it. */
function running(spec: object, status: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-0', namespace: 'shop' },
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
    status: { phase: 'Running', ...status },
  }
}

function node(name: string, labels: object, nodeInfo: object = {}): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status: { nodeInfo } }
}

function listOf(...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }, null, 4)
}

describe('what runs', () => {
  it('is taken by the name of the container, from every list of statuses', () => {
    const spec = {
      initContainers: [{ name: 'init', image: 'init:1' }],
      containers: [
        { name: 'app', image: 'app:1' },
        { name: 'sidecar', image: 'sidecar:1' },
      ],
      ephemeralContainers: [{ name: 'debug', image: 'debug:1' }],
    }
    const status = {
      containerStatuses: [
        { name: 'sidecar', imageID: `example.com/sidecar@${DIGEST}` },
        { name: 'app', imageID: '' },
      ],
      initContainerStatuses: [{ name: 'init', imageID: DIGEST }],
      ephemeralContainerStatuses: [{ name: 'debug', imageID: `docker-pullable://debug@${DIGEST}` }],
    }
    const { images } = readText(listOf(running(spec, status)))
    expect(images.map(({ image, running: id }) => [image, id])).toEqual([
      ['init:1', DIGEST],
      ['app:1', undefined],
      ['sidecar:1', `example.com/sidecar@${DIGEST}`],
      ['debug:1', `docker-pullable://debug@${DIGEST}`],
    ])
  })

  it.each([
    ['a pod that has finished', running({}, { phase: 'Succeeded' }), 'the pod has finished'],
    ['a pod that was evicted', running({}, { phase: 'Failed' }), 'the pod has finished'],
    [
      'a job that has finished',
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'web-0', namespace: 'shop' },
        spec: { template: running({}) },
        status: { conditions: [{ type: 'Complete', status: 'True' }] },
      },
      'the job has finished',
    ],
    [
      'an old revision of a Deployment',
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web-0', namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: 'web' }] },
        spec: { replicas: 0, template: running({}) },
      },
      'it is an old revision, scaled to 0',
    ],
  ])('does not need the images of %s, and says so', (_, object, because) => {
    const read = readText(listOf(object))
    expect(read.images).toEqual([])
    expect(read.finished).toMatchObject([{ label: expect.stringContaining('shop/web-0'), because }])
  })

  it.each([
    ['a pod that waits', running({}, { phase: 'Pending' })],
    [
      'a Deployment scaled to 0',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { replicas: 0, template: running({}) },
      },
    ],
    [
      'a job that is suspended',
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'web' },
        spec: { template: running({}) },
        status: { conditions: [{ type: 'Suspended', status: 'True' }] },
      },
    ],
  ])('needs those of %s', (_, object) => {
    const read = readText(listOf(object))
    expect(read.images).toHaveLength(1)
    expect(read.finished).toEqual([])
  })
})

describe('a Status of the API', () => {
  const status = (more: object): object => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, code: 403, ...more })

  it.each([
    ['a failure, with what the cluster says', { status: 'Failure', message: 'pods is forbidden' }, 'pods is forbidden'],
    ['a failure without a message', { status: 'Failure' }, 'the cluster gave no objects'],
  ])('makes what is read incomplete where it is %s', (_, more, because) => {
    const read = readText(listOf(status(more), running({})))
    expect(read.images).toHaveLength(1)
    expect(read.unreadable).toMatchObject([{ place: { line: 4 }, because }])
    expect(readText(JSON.stringify(status(more))).unreadable).toMatchObject([{ because }])
  })

  it('of a success is no gap, and neither is a resource of another kind', () => {
    expect(readText(listOf(status({ status: 'Success' }), running({}))).unreadable).toEqual([])
    const other = { ...status({ status: 'Failure' }), apiVersion: 'example.com/v1' }
    expect(readText(listOf(other, running({}))).unreadable).toEqual([])
  })
})

describe('a list that a cluster prints', () => {
  it('is read up to where it is cut off, each object once', () => {
    const whole = listOf(running({}), running({}), running({}))
    expect(readText(whole)).toMatchObject({ objects: 3, unreadable: [] })
    const read = readText(whole.slice(0, whole.lastIndexOf('"phase"')))
    expect(read.images).toHaveLength(2)
    expect(read.unreadable).toMatchObject([{ because: expect.stringContaining('invalid JSON: ') }])
  })
})

describe('platforms', () => {
  const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'

  it('are those of the nodes, also if they are in another file', () => {
    const nodes = listOf(
      node('a', { 'kubernetes.io/arch': 'arm64', 'kubernetes.io/os': 'linux' }),
      node('b', {}, { architecture: 'amd64', operatingSystem: 'windows' }),
      node('unused', { 'kubernetes.io/arch': 's390x' }),
    )
    const read = readKubernetes([
      {
        name: '-',
        text: listOf(running({ nodeName: 'a' }), running({ nodeName: 'b' }), running({ nodeName: 'gone' })),
      },
      { name: 'nodes.json', text: nodes },
    ])
    expect(read.images.map(({ platform }) => platform)).toEqual(['linux/arm64', 'windows/amd64', undefined])
    expect(read.platforms).toEqual(['linux/arm64', 'windows/amd64'])
    expect(read.images.map(({ unknownNode }) => unknownNode)).toEqual([undefined, undefined, 'gone'])
    expect(read.nodes).toBe(3)
  })

  it.each([
    ['nothing', {}, ['linux/amd64', 'linux/arm64']],
    ['a label of its node', { nodeSelector: { pool: 'small' } }, ['linux/arm64']],
    ['a label that only a node with a taint has', { nodeSelector: { pool: 'gpu' } }, ['linux/ppc64le']],
    ['a label that no node has', { nodeSelector: { pool: 'none' } }, undefined],
    ['more than labels', { affinity: { nodeAffinity: { [REQUIRED]: { nodeSelectorTerms: [] } } } }, undefined],
    ['an architecture', { nodeSelector: { 'kubernetes.io/arch': 's390x' } }, undefined],
  ])('of nodes where a workload may start that asks for %s', (_, spec, platforms) => {
    const labelled = (name: string, arch: string, pool: string, taints: readonly object[] = []): object => ({
      ...node(name, { 'kubernetes.io/arch': arch, pool }),
      spec: { taints },
    })
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec } } },
    }
    const read = readText(
      listOf(
        labelled('a', 'arm64', 'small'),
        labelled('b', 'amd64', 'large', [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]),
        labelled('c', 'ppc64le', 'gpu', [{ key: 'gpu', effect: 'NoSchedule' }]),
        deployment,
      ),
    )
    expect(read.images[0]?.platformsOfNodes).toEqual(platforms)
  })

  const inValues = (values: readonly string[]): object => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values }] }],
        },
      },
    },
  })

  it.each([
    ['a selector', { nodeSelector: { 'kubernetes.io/arch': 'arm64' } }, 'linux/arm64'],
    [
      'an old selector',
      { nodeSelector: { 'beta.kubernetes.io/arch': 'arm', 'beta.kubernetes.io/os': 'linux' } },
      'linux/arm',
    ],
    [
      'the system of the pod',
      { os: { name: 'windows' }, nodeSelector: { 'kubernetes.io/arch': 'amd64' } },
      'windows/amd64',
    ],
    ['a required affinity', inValues(['arm64']), 'linux/arm64'],
  ])('are asked for by %s', (_, spec, platform) => {
    expect(readText(listOf(running(spec))).platforms).toEqual([platform])
  })

  it.each([
    ['a selector of the system alone', { nodeSelector: { 'kubernetes.io/os': 'linux' } }],
    ['an affinity with a choice', inValues(['arm64', 'amd64'])],
    ['a preferred affinity', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } }],
  ])('are not asked for by %s', (_, spec) => {
    expect(readText(listOf(running(spec))).platforms).toEqual([])
  })
})

describe('pull secrets', () => {
  it('are named with their namespace, and come from the service account if the pod names none', () => {
    const account = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'shop' },
      imagePullSecrets: [{ name: `of-${name}` }],
    })
    const { images } = readText(
      listOf(
        running({ imagePullSecrets: [{ name: 'login' }, { name: 'second' }], serviceAccountName: 'robot' }),
        running({ serviceAccountName: 'robot' }),
        running({}),
        running({ serviceAccountName: 'unknown' }),
        account('robot'),
        account('default'),
      ),
    )
    expect(images.map(({ pullSecrets }) => pullSecrets)).toEqual([
      ['shop/login', 'shop/second'],
      ['shop/of-robot'],
      ['shop/of-default'],
      undefined,
    ])
  })

  it('are found among the documents, encoded or plain', () => {
    const secret = (name: string, rest: object): object => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'shop' },
      ...rest,
    })
    const read = readText(
      listOf(
        secret('login', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } }),
        secret('plain', { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } }),
        secret('old', { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': 'e30=' } }),
        secret('other', { type: 'Opaque', data: { '.dockerconfigjson': 'e30=' } }),
        secret('broken', { type: 'kubernetes.io/dockerconfigjson', data: {} }),
      ),
    )
    expect(read.pullSecrets).toEqual([
      { name: 'shop/login', format: '.dockerconfigjson', encoding: 'base64', content: 'e30=' },
      { name: 'shop/plain', format: '.dockerconfigjson', encoding: 'plain', content: '{}' },
      { name: 'shop/old', format: '.dockercfg', encoding: 'base64', content: 'e30=' },
    ])
  })
})
