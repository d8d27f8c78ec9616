import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CLUSTER_RESOURCES } from '../../../src/metrics/deployed/deployed-families.ts'
import { readKubernetes } from '../../../src/references/kubernetes/read-kubernetes.ts'
import { scratch } from '../../support/scratch.ts'
import { follow, kubeconfig, pod, simulated, until } from './following.ts'

const DENIED = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message:
    'pods is forbidden: User "system:serviceaccount:regfsck:regfsck" cannot list resource "pods" in API group "" at the cluster scope',
  reason: 'Forbidden',
  details: { kind: 'pods' },
  code: 403,
}

/** All against a simulated API server. */
describe('a cluster (simulated)', () => {
  it('that is away keeps its last known state, says so, and is followed again when it is back', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const { images, snapshot } = follow(kubeconfig(api.url))
    expect(await images()).toEqual(['app:1'])
    await api.stop()
    await until(async () => (await snapshot()).problems.length === 9)
    const { text, problems, counts } = await snapshot()
    expect(problems[0]).toMatch(
      /^pods: the cluster cannot be reached: .*ECONNREFUSED.*; what was known at 2026-01-01T\S+Z is used$/,
    )
    expect(counts.failed).toBeGreaterThan(0)
    const read = readKubernetes([{ name: '-', text }])
    expect(read.images.map(({ image }) => image)).toEqual(['app:1'])
    expect(read.unreadable.map(({ because }) => because)).toEqual(problems)
    api.put('pods', pod('web', 'app:2'))
    await api.start()
    await until(async () => (await snapshot()).problems.length === 0)
    await until(async () => (await images()).join() === 'app:2')
  })

  it('that was never there gives nothing but the reason', async () => {
    const api = await simulated()
    const file = kubeconfig(api.url)
    await api.stop()
    const { problems, text } = await follow(file).snapshot()
    expect(problems).toHaveLength(9)
    expect(problems[0]).toMatch(/^pods: the cluster cannot be reached: /)
    expect(readKubernetes([{ name: '-', text }]).unreadable).toHaveLength(9)
    await api.start()
  })

  it('that denies one resource says which, and the others are read', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    api.put('cronjobs', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'backup', namespace: 'shop' },
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'app', image: 'backup:1' }] } } } } },
    })
    api.refuse = ({ path }) => (path.endsWith('/pods') ? { status: 403, body: JSON.stringify(DENIED) } : undefined)
    const { cluster, images, snapshot } = follow(kubeconfig(api.url), { namespaces: ['shop'] })
    expect(await images()).toEqual(['backup:1'])
    const { problems, counts } = await snapshot()
    expect([...cluster.unread].filter(([, places]) => places > 0)).toEqual([['pods', 1]])
    expect(problems).toEqual([`pods of the namespace shop: the cluster answers 403: ${DENIED.message}`])
    expect(counts.denied).toBeGreaterThan(0)
    api.refuse = () => undefined
    await until(async () => (await images()).join() === 'app:1,backup:1')
    await until(async () => (await snapshot()).problems.length === 0)
    expect([...cluster.unread.values()].filter((places) => places > 0)).toEqual([])
  })

  it('reports for each resource in how many namespaces it cannot be read, and no other resource', async () => {
    const api = await simulated()
    const settings = { namespaces: ['shop', 'bank', 'post'], nodes: true, pullSecrets: true }
    api.refuse = ({ path }) => (/(shop|bank)\/(pods|secrets)$/.test(path) ? { status: 403 } : undefined)
    const { cluster, snapshot } = follow(kubeconfig(api.url), settings)
    expect(cluster.unread.get('pods')).toBe(0)
    await snapshot()
    expect([...cluster.unread].filter(([, places]) => places > 0)).toEqual([
      ['pods', 2],
      // Of two types in each.
      ['secrets', 4],
    ])
    expect([...cluster.unread.keys()].sort()).toEqual([...CLUSTER_RESOURCES].sort())
    const { text } = await snapshot()
    expect(readKubernetes([{ name: '-', text }]).unreadable.length).toBeGreaterThan(5)
  })

  it('that lets us list but not watch is listed again and again, and that is said', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    api.refuse = ({ query }) => (query.has('watch') ? { status: 403, body: JSON.stringify(DENIED) } : undefined)
    const { images, snapshot } = follow(kubeconfig(api.url))
    expect(await images()).toEqual(['app:1'])
    expect((await snapshot()).problems).toHaveLength(9)
    api.put('pods', pod('web', 'app:2'))
    await until(async () => (await images()).join() === 'app:2')
    expect((await snapshot()).problems).toHaveLength(9)
  })

  it.each([
    [
      '401',
      { status: 401, body: JSON.stringify({ kind: 'Status', message: 'Unauthorized' }) },
      'the cluster answers 401: Unauthorized',
    ],
    ['404', { status: 404, body: '404 page not found\n' }, 'the cluster answers 404'],
    ['500', { status: 500, body: '<html>' }, 'the cluster answers 500'],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'the cluster answers 302: refused by the simulation',
    ],
    ['a page', { status: 200, body: '<html>sign in</html>' }, 'the answer of the cluster is not JSON'],
    ['other JSON', { status: 200, body: '{}' }, 'the answer of the cluster is not a list'],
    [
      'a list that is none',
      { status: 200, body: '{"metadata":{"resourceVersion":"1"},"items":{}}' },
      'the answer of the cluster is not a list',
    ],
  ])('that answers with %s', async (_, refusal, because) => {
    const api = await simulated()
    api.refuse = () => refusal
    const { problems } = await follow(kubeconfig(api.url), { nodes: false }).snapshot()
    expect(problems).toHaveLength(8)
    expect(problems[0]).toBe(`pods: ${because}`)
  })

  it('is given the time that it asks for', async () => {
    const api = await simulated()
    api.refuse = () => ({ status: 429, headers: { 'retry-after': '45' } })
    const { snapshot, timing } = follow(kubeconfig(api.url))
    await snapshot()
    await until(() => timing.waits.length > 0)
    expect(timing.waits[0]).toBe(45_000)
  })

  it.each([
    ['is no JSON', '{"type":"ADD\n', 'an event of the cluster is not JSON'],
    ['has no known type', '{"type":"RENAMED","object":{}}\n', 'an event of the cluster is of an unknown type'],
    [
      'is an error',
      '{"type":"ERROR","object":{"code":500,"message":"etcd is away"}}\n',
      'the cluster answers 500: etcd is away',
    ],
  ])('whose event %s', async (_, line, because) => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const { snapshot, images } = follow(kubeconfig(api.url))
    await snapshot()
    let stays = true
    api.refuse = ({ query }) => (stays && query.has('watch') ? { status: 200, body: line } : undefined)
    api.endWatches()
    await until(async () => (await snapshot()).problems.some((problem) => problem.startsWith(`pods: ${because}`)))
    stays = false
    api.put('pods', pod('web', 'app:2'))
    await until(async () => (await images()).join() === 'app:2')
    await until(async () => (await snapshot()).problems.length === 0)
  })

  it('whose event is cut off with the connection sends it again', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const { snapshot, images } = follow(kubeconfig(api.url))
    await snapshot()
    api.say('{"type":"MODIFIED","object":{"metadata":{"name":"web","na')
    api.cutConnections()
    api.put('pods', pod('web', 'app:2'))
    await until(async () => (await images()).join() === 'app:2')
  })

  it('sends a keyless or strange object, and is read all the same', async () => {
    const api = await simulated()
    const odd = [
      null,
      5,
      'text',
      [],
      {},
      { metadata: null },
      { metadata: { name: '__proto__' }, spec: { containers: 'x' } },
      pod('web', 'app:1'),
    ]
    api.refuse = ({ path, query }) =>
      path.endsWith('/pods') && !query.has('watch')
        ? { status: 200, body: JSON.stringify({ metadata: { resourceVersion: '1' }, items: odd }) }
        : undefined
    expect(await follow(kubeconfig(api.url)).images()).toContain('app:1')
  })
})

describe('a kubeconfig', () => {
  it.each([
    ['is not there', undefined, 'the kubeconfig cannot be read: ENOENT'],
    ['is no YAML', 'token: "secret-token', 'the kubeconfig cannot be read: it is not valid YAML'],
    ['is empty', '', 'the kubeconfig cannot be read: it is not a kubeconfig'],
    ['is something else', 'a: b', 'the kubeconfig has no cluster for the context ""'],
    [
      'has no such cluster',
      'current-context: a\ncontexts:\n  - name: a\n    context: { cluster: b, user: c }\n',
      'the kubeconfig has no cluster for the context a',
    ],
  ])('that %s', async (_, text, because) => {
    const file = join(scratch(), 'config')
    if (text !== undefined) writeFileSync(file, text)
    const { problems, text: printed } = await follow(file, { nodes: false }).snapshot()
    expect(problems).toHaveLength(8)
    expect(problems[0]).toContain(`pods: ${because}`)
    expect(printed).not.toContain('secret-token')
  })

  it('gives the token, by its contexts, and nobody prints it', async () => {
    const api = await simulated()
    const seen = new Set<string | undefined>()
    api.refuse = ({ path, headers }) => {
      seen.add(headers.authorization)
      return path.startsWith('/there/') ? { status: 401 } : undefined
    }
    const { text } = await follow(kubeconfig(api.url), { context: 'there' }).snapshot()
    expect([...seen]).toEqual(['Bearer reader-token'])
    expect(text).toContain('the cluster answers 401')
    expect(text).not.toContain('reader-token')
    const unknown = await follow(kubeconfig(api.url), { context: 'nowhere' }).snapshot()
    expect(unknown.problems[0]).toBe('pods: the kubeconfig has no context nowhere (it has here, there)')
  })

  it('is read again where its credentials are refused: they may have been renewed', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    api.refuse = ({ headers }) => (headers.authorization === 'Bearer new' ? undefined : { status: 401 })
    const file = kubeconfig(api.url)
    const { snapshot } = follow(file)
    expect((await snapshot()).problems).toHaveLength(9)
    writeFileSync(file, JSON.stringify({ ...JSON.parse(JSON.stringify(configWith(api.url, 'new'))) }))
    await until(async () => (await snapshot()).problems.length === 0)
  })

  it('whose command gives a broken answer does not print it', async () => {
    const api = await simulated()
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/sh',
      args: ['-c', 'echo {"token":"secret-token"'],
      interactiveMode: 'Never',
    }
    const { problems } = await follow(kubeconfig(api.url, { exec })).snapshot()
    expect(problems[0]).toBe('pods: there are no credentials: it is not valid JSON')
  })
})

function configWith(url: string, token: string): object {
  return {
    clusters: [{ name: 'here', cluster: { server: url } }],
    users: [{ name: 'reader', user: { token } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'reader' } }],
    'current-context': 'here',
  }
}
