import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { proxyBefore } from '../support/simulated/reverse-proxy.ts'

const root = join(scratch(), 'registry')
const paths = storagePaths(root)
const [amd64, arm64] = [image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64' })]
const both = index([amd64, arm64])
const layer = arm64.layers[0]?.descriptor.digest ?? ''
const APP = 'team/app'

describeWithServers(['docker-registry'], 'scan DIR --against URL', () => {
  let registry: RunningRegistry
  const undo: (() => void | Promise<void>)[] = []

  beforeAll(async () => {
    registry = await startRegistry({ root, cache: true })
    for (const repository of [APP, 'team/other']) await push({ url: registry.url, repository }, both, 'v1')
  })

  afterEach(async () => {
    for (const each of undo.splice(0)) await each()
  })

  afterAll(() => registry.stop())

  const scan = (url: string, ...flags: readonly string[]) => scanJson([root], ['--against', url, ...flags])

  it('is silent where both say the same, and asks by GET and HEAD alone', async () => {
    const ran = await scan(registry.url, '--depth', 'content')
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    expect(targetIn(ran)).toMatchObject({ against: registry.url, complete: true, findings: [], unchecked: [] })
  })

  it('names what the cache of the registry hides: a layer that is still served though its link is gone', async () => {
    await warm()
    remove(paths.layerLink(APP, layer), layer)
    expect((await scanJson([registry.url])).code).toBe(0)
    const ran = await scan(registry.url)
    expect(ran.code).toBe(1)
    const { findings, tags, totals } = targetIn(ran)
    expect(findings).toMatchObject([
      {
        code: 'masked-by-cache',
        cause: 'layer-link-missing',
        severity: 'error',
        repository: APP,
        digest: layer,
        tags: ['v1'],
        platforms: ['linux/arm64'],
        evidence: { onDisk: 'layer-missing', apiServes: true },
        message:
          'On disk, the repository no longer links it, although its bytes are stored; the API still claims it, and serves it until the registry restarts or its cache forgets it.',
      },
    ])
    expect(tags).toMatchObject([{ repository: APP, tag: 'v1', verdict: 'degraded' }])
    expect(totals?.blobs).toMatchObject({ damaged: 1 })
  })

  it('names a blob that the registry still claims and can no longer send', async () => {
    await warm()
    remove(paths.data(layer), arm64.layers[0]?.bytes ?? '')
    const { findings } = targetIn(await scan(registry.url))
    expect(findings).toMatchObject(
      [APP, 'team/other'].map((repository) => ({
        code: 'masked-by-cache',
        cause: 'blob-missing',
        repository,
        evidence: { apiServes: false },
        message:
          'On disk, its bytes are gone; the API still claims it, but cannot send it: pulls fail, and pushes skip it.',
      })),
    )
  })

  it('leaves the finding as it is where nothing hides it', async () => {
    remove(paths.layerLink(APP, layer), layer)
    const honest = await startRegistry({ root })
    undo.push(() => honest.stop())
    const { findings } = targetIn(await scan(honest.url))
    expect(findings).toMatchObject([{ code: 'layer-missing', cause: 'layer-link-missing', digest: layer }])
  })

  it.each([
    ['a layer', `/blobs/${layer}`, { digest: layer, evidence: { overApi: 'layer-missing' } }, 'degraded'],
    ['a manifest', `/manifests/${arm64.descriptor.digest}`, { digest: arm64.descriptor.digest }, 'degraded'],
    ['a tag', '/manifests/v1', { tag: 'v1', tags: ['v1'] }, 'unpullable'],
    ['a list of tags', '/tags/list', undefined, undefined],
    ['a whole repository', `/v2/${APP}/`, { tag: 'v1' }, 'unpullable'],
  ])(
    'names %s that is whole on disk and that something before the registry refuses',
    async (_, path, finding, verdict) => {
      const proxy = await proxyBefore(registry.url, (url) =>
        url.includes(APP) && url.includes(path) ? 404 : undefined,
      )
      undo.push(() => proxy.stop())
      const ran = await scan(proxy.url)
      const { findings, tags } = targetIn(ran)
      const expected = { code: 'not-served-by-api', cause: 'not-served', repository: APP, severity: 'error' }
      expect(findings).toMatchObject(finding === undefined ? [] : [{ ...expected, ...finding }])
      expect(tags).toMatchObject(verdict === undefined ? [] : [{ repository: APP, tag: 'v1', verdict }])
      expect(ran.code).toBe(finding === undefined ? 0 : 1)
    },
  )

  it.each([500, 403, 401])('does not call damaged what is answered with %i', async (status) => {
    const proxy = await proxyBefore(registry.url, (url) => (url.includes(`${APP}/blobs/${layer}`) ? status : undefined))
    undo.push(() => proxy.stop())
    const ran = await scan(proxy.url)
    const { findings, unchecked, tags, totals } = targetIn(ran)
    expect([ran.code, findings]).toEqual([3, []])
    expect(unchecked).toMatchObject([{ repository: APP, digest: layer }])
    expect(tags).toMatchObject([{ repository: APP, tag: 'v1', verdict: 'unchecked' }])
    expect(totals?.blobs).toMatchObject({ unchecked: 1, damaged: 0 })
  })

  it.each([
    ['a layer', `/blobs/${layer}`],
    ['a manifest', `/manifests/${arm64.descriptor.digest}`],
    ['a tag', '/manifests/v1'],
    ['a list of tags', '/tags/list'],
    ['a whole repository', `/v2/${APP}/`],
  ])('calls %s neither whole nor damaged where a 404 is not in the words of a registry', async (_, path) => {
    const refused = (url: string) => (url.includes(APP) && url.includes(path) ? 404 : undefined)
    const proxy = await proxyBefore(registry.url, refused, '<html>Not Found</html>')
    undo.push(() => proxy.stop())
    const ran = await scan(proxy.url)
    const { complete, findings, unchecked } = targetIn(ran)
    expect([ran.code, complete, findings]).toEqual([3, false, []])
    expect(unchecked).not.toEqual([])
  })

  it('explains by the disk what the API answers with 500', async () => {
    const manifest = arm64.descriptor.digest
    remove(paths.revisionLink(APP, manifest), manifest)
    writeFileSync(paths.revisionLink(APP, manifest), '')
    const ran = await scan(registry.url)
    expect(targetIn(ran)).toMatchObject({
      complete: true,
      findings: [{ code: 'index-child-missing', cause: 'revision-link-invalid' }],
      unchecked: [],
    })
  })

  it('says what storage says where the API does not answer, and that this is not all', async () => {
    remove(paths.layerLink(APP, layer), layer)
    const { code, ...ran } = await scan('http://127.0.0.1:9')
    expect(targetIn({ code, ...ran })).toMatchObject({
      complete: false,
      findings: [{ code: 'layer-missing' }],
      unchecked: [{ because: 'STORE_UNREACHABLE', path: 'http://127.0.0.1:9' }],
    })
    expect(code).toBe(1)
  })

  it('does not take another registry for the one that serves the storage', async () => {
    const other = await startRegistry({ root: join(scratch(), 'other') })
    undo.push(() => other.stop())
    const ran = await scan(other.url)
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toMatch(
      /serves none of the tags of the 2 repositories with tags in .*: it is another registry/,
    )
  })

  it.each([
    [['/a', '/b', '--against', 'http://h'], /--against: compares the storage of one registry/],
    [['http://h', '--against', 'http://h'], /--against: compares the storage of one registry/],
    [['/a', '--against', '/b'], /--against: expected https:\/\/HOST/],
    [['/a', '--against', 'https://user:canary@h'], /must not contain a user name or password/],
  ])('refuses %j before it looks', async (args, message) => {
    const ran = await regfsck(['scan', ...args])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)])
    expect(ran.stderr).not.toContain('canary')
  })

  it('refuses a parent of several registries', async () => {
    const parent = scratch()
    for (const name of ['a', 'b']) mkdirSync(join(parent, name, 'docker/registry/v2/repositories'), { recursive: true })
    const ran = await regfsck(['scan', parent, '--against', registry.url])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/--against: there are 2 registries below/)])
  })

  async function warm(): Promise<void> {
    await registry.stop()
    registry = await startRegistry({ root, cache: true })
    expect((await scanJson([registry.url])).code).toBe(0)
  }

  function remove(path: string, content: string | Uint8Array): void {
    rmSync(path)
    undo.push(() => writeFileSync(path, content))
  }
})
