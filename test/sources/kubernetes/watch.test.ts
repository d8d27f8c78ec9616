import { describe, expect, it } from 'vitest'
import { readKubernetes } from '../../../src/references/kubernetes/read-kubernetes.ts'
import { follow, kubeconfig, pod, simulated, until } from './following.ts'

/** All against a simulated API server. */
describe('a cluster that is followed (simulated)', () => {
  it('is listed page by page, and watched from there', async () => {
    const api = await simulated()
    for (let n = 0; n < 1100; n++) api.put('pods', pod(`web-${n}`, `app:${n}`))
    const { images } = follow(kubeconfig(api.url))
    expect(await images()).toHaveLength(1100)
    const lists = api.asked.filter((url) => url.startsWith('/api/v1/pods?') && !url.includes('watch=1'))
    expect(lists).toHaveLength(3)
    expect(api.asked.some((url) => url.includes('watch=1') && url.includes('allowWatchBookmarks=true'))).toBe(true)
  })

  it('reports what was added, changed and deleted, without another list', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    api.put('pods', pod('old', 'old:1'))
    const { images, snapshot } = follow(kubeconfig(api.url))
    expect(await images()).toEqual(['app:1', 'old:1'])
    const { counts } = await snapshot()
    api.put('pods', pod('web', 'app:2'))
    api.delete('pods', { namespace: 'shop', name: 'old' })
    api.put('deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'new', namespace: 'shop' },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'new:1' }] } } },
    })
    await until(async () => (await images()).join() === 'app:2,new:1')
    expect((await snapshot()).counts).toEqual(counts)
    expect(counts.lists).toBe(9)
  })

  it('goes on from where it was when the cluster ends a watch, and misses nothing', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const { images, snapshot } = follow(kubeconfig(api.url))
    await images()
    api.endWatches()
    api.put('pods', pod('web', 'app:2'))
    await until(async () => (await images()).includes('app:2'))
    expect(await snapshot()).toMatchObject({ problems: [], counts: { lists: 9, expired: 0, failed: 0 } })
  })

  it('goes on from a bookmark where no other version is kept', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const { images, snapshot } = follow(kubeconfig(api.url))
    await images()
    api.bookmark()
    await until(async () => {
      await snapshot()
      return api.watchers === 9
    })
    // The bookmarks are read in their order before the end of the watch.
    api.endWatches()
    api.compact()
    await until(() => api.watchers === 9)
    expect((await snapshot()).counts).toMatchObject({ lists: 9, expired: 0 })
  })

  it('is listed again where the version has expired (410), and what is gone meanwhile is gone', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    api.put('pods', pod('gone', 'gone:1'))
    const { images, snapshot } = follow(kubeconfig(api.url))
    expect(await images()).toEqual(['app:1', 'gone:1'])
    api.endWatches()
    api.delete('pods', { namespace: 'shop', name: 'gone' })
    api.put('pods', pod('web', 'app:2'))
    api.compact()
    await until(async () => (await images()).join() === 'app:2')
    await until(() => api.watchers === 9)
    const { counts, problems } = await snapshot()
    expect(problems).toEqual([])
    expect(counts.expired).toBeGreaterThan(0)
    expect(counts.lists).toBeGreaterThan(9)
    expect(counts.failed).toBe(0)
  })

  it('is listed again where the next page has expired (410)', async () => {
    const api = await simulated()
    for (let n = 0; n < 600; n++) api.put('pods', pod(`web-${n}`, `app:${n}`))
    let isFirst = true
    api.refuse = ({ query }) => {
      if (isFirst && query.has('continue')) {
        isFirst = false
        return { status: 410 }
      }
      return undefined
    }
    const { images, snapshot } = follow(kubeconfig(api.url))
    expect(await images()).toHaveLength(600)
    expect(await snapshot()).toMatchObject({ problems: [], counts: { expired: 1 } })
  })

  it('waits longer and longer where every version has expired at once', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    api.refuse = ({ path, query }) => (path === '/api/v1/pods' && query.has('watch') ? { status: 410 } : undefined)
    const { cluster, timing } = follow(kubeconfig(api.url))
    void cluster.snapshot(new AbortController().signal)
    await until(() => timing.waits.includes(60_000))
    expect(timing.waits.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000])
  })

  it('is read only in the namespaces and by the labels that were asked for', async () => {
    const api = await simulated()
    const labels = { tier: 'web' }
    api.put('pods', { ...pod('a', 'a:1'), metadata: { name: 'a', namespace: 'shop', labels } })
    api.put('pods', pod('b', 'b:1'))
    api.put('pods', { ...pod('c', 'c:1'), metadata: { name: 'c', namespace: 'bank', labels } })
    api.put('pods', { ...pod('d', 'd:1'), metadata: { name: 'd', namespace: 'kube-system', labels } })
    api.put('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      status: { nodeInfo: { architecture: 'arm64' } },
    })
    const { images, snapshot } = follow(kubeconfig(api.url), {
      namespaces: ['shop', 'bank'],
      labelSelector: 'tier=web',
    })
    expect(await images()).toEqual(['a:1', 'c:1'])
    expect(await snapshot()).toMatchObject({ problems: [], text: expect.stringContaining('arm64') })
  })

  it('is never intact where the selection takes nothing', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const misspelt = follow(kubeconfig(api.url), { namespaces: ['shop', 'bnak'] })
    const { problems, text } = await misspelt.snapshot()
    expect(problems).toEqual(['the namespace bnak: nothing is selected there'])
    expect(readKubernetes([{ name: '-', text }]).unreadable).toMatchObject([{ because: problems[0] }])
    const none = follow(kubeconfig(api.url), { labelSelector: 'tier=web' })
    expect((await none.snapshot()).problems).toEqual(['the cluster: nothing is selected there'])
  })

  it('gives pull secrets only if asked, and no other secret', async () => {
    const api = await simulated()
    api.put('pods', pod('web', 'app:1'))
    const metadata = { name: 'login', namespace: 'shop' }
    const data = { '.dockerconfigjson': 'e30=' }
    api.put('secrets', { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/dockerconfigjson', data })
    api.put('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, name: 'tls' },
      type: 'kubernetes.io/tls',
      data: { key: 'cHJpdmF0ZQ==' },
    })
    const without = await follow(kubeconfig(api.url)).snapshot()
    expect(without.text).not.toContain('Secret')
    expect(api.asked.filter((url) => url.includes('secrets') || url.includes('serviceaccounts'))).toEqual([])
    const withSecrets = await follow(kubeconfig(api.url), { pullSecrets: true }).snapshot()
    expect(readKubernetes([{ name: '-', text: withSecrets.text }]).pullSecrets).toMatchObject([{ name: 'shop/login' }])
    expect(withSecrets.text).not.toContain('cHJpdmF0ZQ')
  })
})
