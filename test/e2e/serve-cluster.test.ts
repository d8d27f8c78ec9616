import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck } from '../support/command/run.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { SimulatedKubernetes } from '../support/servers/simulated-kubernetes.ts'

const root = join(scratch(), 'registry')
const whole = image('whole')
const broken = image('broken')
const lost = broken.layers[0]?.descriptor.digest ?? ''

interface Listed {
  readonly references: readonly { readonly references: string; readonly state: string; readonly complete: boolean }[]
}

/** The API server is simulated, the registry is not. */
describeWithServers(['docker-registry'], 'regfsck serve: what runs in a cluster (simulated)', () => {
  const files = scratch()
  const config = join(files, 'regfsck.yaml')
  const api = new SimulatedKubernetes()
  const quiet = new SimulatedKubernetes()
  let registry: RunningRegistry
  let server: Serving

  beforeAll(async () => {
    registry = await startRegistry({ root })
    const { host, url } = registry
    await push({ url, repository: 'team/app' }, whole, 'whole')
    await push({ url, repository: 'team/app' }, broken, 'broken')
    await Promise.all([api.start(), quiet.start()])
    const names = { whole: whole.descriptor.digest, broken: broken.descriptor.digest }
    const pod = (name: 'whole' | 'broken'): Parameters<SimulatedKubernetes['put']>[1] => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec: { containers: [{ name: 'app', image: `${host}/team/app:${name}` }] },
      status: {
        phase: 'Running',
        containerStatuses: [
          { name: 'app', image: `${host}/team/app:${name}`, imageID: `${host}/team/app@${names[name]}` },
        ],
      },
    })
    api.put('pods', pod('whole'))
    api.put('pods', pod('broken'))
    quiet.put('pods', pod('whole'))
    const servers = { here: api.url, quiet: quiet.url, away: 'http://localhost:1' }
    const clusters = Object.entries(servers).map(([name, server]) => ({ name, cluster: { server } }))
    const contexts = Object.keys(servers).map((name) => ({ name, context: { cluster: name, user: 'reader' } }))
    const users = [{ name: 'reader', user: { token: 'reader-token' } }]
    const kubeconfig = { apiVersion: 'v1', kind: 'Config', clusters, users, contexts, 'current-context': 'quiet' }
    writeFileSync(join(files, 'kubeconfig'), JSON.stringify(kubeconfig))
    const kubernetes = { kubeconfig: 'kubeconfig', namespaces: ['shop'] }
    const references = [
      { name: 'all', kubernetes: { ...kubernetes, contexts: ['here', 'quiet', 'away'] }, interval: '5s' },
      { name: 'current', kubernetes, interval: '1h' },
      { name: 'misspelt', kubernetes: { ...kubernetes, namespaces: ['shpo'] }, interval: '1h' },
    ]
    writeFileSync(config, JSON.stringify({ defaults: { 'recheck-delay': '0s' }, references, 'scans-at-once': 5 }))
    server = await serving(config)
    // On a busy machine one set may be checked twice before another is checked once.
    await vi.waitFor(async () => expect(Object.values(await states())).not.toContain('unknown'), {
      timeout: 60_000,
      interval: 200,
    })
  })

  afterAll(async () => {
    await server.end()
    await registry.stop()
    await Promise.all([api.stop(), quiet.stop()])
  })

  const value = (family: string, name: string, labels = ''): Promise<number | undefined> =>
    server.series(`deployed_${family}{references="${name}"${labels}}`)
  const states = async (): Promise<Record<string, string>> => {
    const { references } = JSON.parse(await server.get('/api/v1/deployed')) as Listed
    return Object.fromEntries(references.map(({ references: name, state }) => [name, state]))
  }

  it('checks a set for each context, and nothing good is said of a cluster that is away', async () => {
    expect(await states()).toEqual({
      'all/here': 'clean',
      'all/quiet': 'clean',
      'all/away': 'unreadable',
      current: 'clean',
      misspelt: 'unreadable',
    })
    expect(await value('findings', 'all/here', ',reason="image-unpullable"')).toBe(0)
    expect(await value('run_success', 'all/here')).toBe(1)
    expect(await value('run_success', 'all/away')).toBe(0)
    expect(await value('run_success', 'misspelt')).toBe(0)
    expect(await value('last_success_timestamp_seconds', 'all/away')).toBeUndefined()
    expect(await server.get(`/deployed/${encodeURIComponent('all/away')}`)).toContain('the cluster cannot be reached')
    expect(await server.get('/deployed/misspelt')).toContain('the namespace shpo: nothing is selected there')
  })

  it('counts what the clusters did not give, and sees which resource is denied', async () => {
    const cluster = (family: string, name: string, labels = ''): Promise<number | undefined> =>
      value(`cluster_${family}`, name, labels)
    expect(await cluster('lists_total', 'all/here')).toBe(8)
    expect(await cluster('failures_total', 'all/here', ',reason="denied"')).toBe(0)
    expect(await cluster('unread_resources', 'all/here', ',resource="pods"')).toBe(0)
    expect(await cluster('failures_total', 'all/away', ',reason="failed"')).toBeGreaterThan(0)
    expect(await cluster('unread_resources', 'all/away', ',resource="pods"')).toBe(1)
    api.refuse = ({ path }) => (path.endsWith('/cronjobs') ? { status: 403 } : undefined)
    // What the watches last saw is then older than all that the cluster keeps.
    api.put('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } })
    api.compact()
    api.cutConnections()
    const denied = (): Promise<number | undefined> => cluster('unread_resources', 'all/here', ',resource="cronjobs"')
    await expect.poll(denied, { timeout: 30_000 }).toBe(1)
    expect(await cluster('unread_resources', 'all/here', ',resource="pods"')).toBe(0)
    expect(await cluster('failures_total', 'all/here', ',reason="denied"')).toBeGreaterThan(0)
    const expired = (): Promise<number | undefined> => cluster('failures_total', 'all/here', ',reason="expired"')
    await expect.poll(expired, { timeout: 30_000 }).toBeGreaterThan(0)
    await expect.poll(states, { timeout: 30_000, interval: 200 }).toMatchObject({ 'all/here': 'incomplete' })
    expect(await value('run_success', 'all/here')).toBe(0)
    api.refuse = () => undefined
    await expect.poll(denied, { timeout: 30_000 }).toBe(0)
    await expect.poll(states, { timeout: 30_000, interval: 200 }).toMatchObject({ 'all/here': 'clean' })
  })

  it('shows the damage of an image that runs, at the next run, and elsewhere nothing', async () => {
    rmSync(storagePaths(root).data(lost))
    await expect.poll(states, { timeout: 30_000, interval: 200 }).toMatchObject({ 'all/here': 'damaged' })
    expect(await value('findings', 'all/here', ',reason="image-unpullable"')).toBe(1)
    expect(await value('findings', 'all/quiet', ',reason="image-unpullable"')).toBe(0)
    const page = await server.get(`/deployed/${encodeURIComponent('all/here')}`)
    expect(page).toContain('1 of 2 workloads cannot be started again with what the registries have.')
    expect(page).toContain('team/app:broken')
    // A line of what was read means nothing to anybody: the object does.
    expect(page).toContain('cluster here: Pod shop/broken, container app')
    expect(page).not.toMatch(/>-:\d+/)
    const report = JSON.parse(await server.get(`/api/v1/deployed/${encodeURIComponent('all/here')}`))
    expect(report.workloads[0]).toMatchObject({
      ...{ workload: 'Pod shop/broken', file: 'cluster here' },
      images: [
        {
          usedBy: [
            { cluster: 'cluster here', kind: 'Pod', namespace: 'shop', name: 'broken', container: 'container app' },
          ],
        },
      ],
    })
    const labels = ',workload="Pod shop/broken",file="cluster here"'
    expect(await value('workload_failures', 'all/here', labels)).toBe(1)
    expect(await states()).toMatchObject({ 'all/quiet': 'clean', current: 'clean' })
  })

  it('follows a cluster no longer once its entry has gone', async () => {
    const { watchers } = quiet
    expect(watchers).toBeGreaterThan(0)
    expect(api.watchers).toBeGreaterThan(0)
    const kubernetes = { kubeconfig: 'kubeconfig', namespaces: ['shop'] }
    writeFileSync(
      config,
      JSON.stringify({
        defaults: { 'recheck-delay': '0s' },
        references: [{ name: 'current', kubernetes, interval: '1h' }],
      }),
    )
    server.child.kill('SIGHUP')
    await server.until('config.reloaded')
    await expect.poll(() => api.watchers, { timeout: 20_000 }).toBe(0)
    // Three sets followed this one; that which is unchanged goes on.
    await expect.poll(() => quiet.watchers, { timeout: 20_000 }).toBe(watchers / 3)
    expect(await states()).toEqual({ current: 'clean' })
  })

  it('refuses entries that could not be read, each with its line', async () => {
    const file = join(files, 'wrong.yaml')
    const checked = async (lines: readonly string[]): Promise<readonly string[]> => {
      writeFileSync(file, `${lines.join('\n')}\n`)
      const { code, stderr } = await regfsck(['config', 'check', file])
      expect(code).toBe(2)
      return stderr
        .split('\n')
        .flatMap((line) => (line.includes('wrong.yaml:') ? [line.replace(/^.*wrong/, 'wrong')] : []))
    }
    expect(
      await checked([
        'references:',
        '  - name: a',
        '    kubernetes: {contexts: [x, x]}',
        '  - name: a/x',
        '    from: [b]',
        '    kubernetes: {}',
        '  - name: c',
        '    kubernetes: {}',
        '    recursive: true',
        '  - name: d',
        '  - name: c',
        '    kubernetes: {}',
      ]),
    ).toEqual([
      'wrong.yaml:3: references[0].kubernetes.contexts[1]: another one is "x"',
      'wrong.yaml:6: references[1].kubernetes: expected either from or kubernetes, not both',
      'wrong.yaml:9: references[2].recursive: is about files: kubernetes reads none',
      'wrong.yaml:10: references[3].from: is missing: expected a list of files, or kubernetes in its place',
      'wrong.yaml:11: references[4].name: other references have the name "c"',
    ])
    expect(
      await checked([
        'references:',
        '  - name: a',
        '    kubernetes:',
        '      namespace: [shop]',
        '  - name: b',
        '    kubernetes: {namespaces: [Shop]}',
        '  - name: c',
        '    kubernetes:',
        '  - name: d',
        '    kubernetes: {contexts: []}',
      ]),
    ).toEqual([
      'wrong.yaml:4: references[0].kubernetes.namespace: unknown key; did you mean namespaces?',
      'wrong.yaml:6: references[1].kubernetes.namespaces[0]: expected the name of a namespace, not "Shop"',
      'wrong.yaml:8: references[2].kubernetes: expected a mapping, not null',
      'wrong.yaml:10: references[3].kubernetes.contexts: expected at least one context; leave the key out for the current one',
    ])
  })
})
