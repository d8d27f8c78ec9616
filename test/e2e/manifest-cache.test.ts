import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { regfsck, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const cache = join(scratch(), 'manifests')
const platforms = ['linux/amd64', 'linux/arm64']

/** Asked for to know a pull-through cache; no registry has it. */
const NOWHERE = `sha256:${'0'.repeat(64)}`

describeWithServers(['docker-registry'], 'a scan with a cache of manifests', () => {
  let registry: RunningRegistry

  beforeAll(async () => {
    registry = await startRegistry({ root, config: ACCESS_LOG })
    for (const name of ['one', 'two']) await pushIndex(name)
  })

  afterAll(() => registry.stop())

  it('fetches no body twice, and says that what it knows was not proved again', async () => {
    const first = await scanThrough(cache)
    expect(targetIn(first.ran)).toMatchObject({ complete: true, totals: { manifestsNotReproved: 0 } })
    expect(first.bodies).toHaveLength(6)

    const second = await scanThrough(cache)
    expect(second.ran.code).toBe(0)
    expect(targetIn(second.ran).totals).toMatchObject({ manifests: { intact: 6 }, manifestsNotReproved: 6 })
    expect(second.bodies).toEqual([])
    const heads = second.asked.filter(({ method, uri }) => method === 'HEAD' && uri.includes('/manifests/sha256:'))
    expect(heads).toHaveLength(6)

    await pushIndex('three')
    const third = await scanThrough(cache)
    expect(third.bodies).toHaveLength(3)
    expect(targetIn(third.ran).totals).toMatchObject({ manifests: { intact: 9 }, manifestsNotReproved: 6 })
    const { stdout } = await regfsck(['scan', registry.url, '--manifest-cache', cache])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '9 manifests known from an earlier run are still served; their bytes come from the cache and were not read again.',
    )
  })

  it('says what the registry no longer serves, though it knows the bytes', async () => {
    const known = join(scratch(), 'known')
    await scanThrough(known)
    const [child] = index(platforms.map((platform) => image(`one ${platform}`, { platform }))).children
    const digest = child?.descriptor.digest ?? ''
    await registry.stop()
    const link = join(
      root,
      'docker/registry/v2/repositories/team/one/_manifests/revisions/sha256',
      digest.slice(7),
      'link',
    )
    rmSync(link)
    registry = await startRegistry({ root, config: ACCESS_LOG })
    const { ran } = await scanThrough(known)
    expect(ran.code).toBe(1)
    expect(targetIn(ran).findings).toMatchObject([{ code: 'index-child-missing', cause: 'not-served', digest }])
    writeFileSync(link, digest)
    expect((await scanThrough(known)).ran.code).toBe(0)
  })

  it('fetches again what is damaged in the cache', async () => {
    const bad = join(scratch(), 'bad')
    await scanThrough(bad)
    const files = filesBelow(join(bad, 'content-v2'))
    for (const file of files) writeFileSync(file, 'x'.repeat(statSync(file).size))
    const after = await scanThrough(bad)
    expect([after.ran.code, after.bodies.length]).toEqual([0, files.length])
    expect((await scanThrough(bad)).bodies).toEqual([])
  })

  it('keeps what it cached from everybody else', () => {
    expect(statSync(cache).mode & 0o077).toBe(0)
  })

  it('refuses a directory that cannot be one, before it asks anything', async () => {
    const file = join(scratch(), 'file')
    writeFileSync(file, '')
    const { code, stderr } = await regfsck(['scan', registry.url, '--manifest-cache', file])
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^regfsck: --manifest-cache: cannot use .*file: it is not a directory/),
    ])
  })

  async function pushIndex(name: string): Promise<void> {
    const images = platforms.map((platform) => image(`${name} ${platform}`, { platform }))
    await push({ url: registry.url, repository: `team/${name}` }, index(images), 'latest')
  }

  async function scanThrough(directory: string) {
    const before = (await requestsTo(registry)).length
    const ran = await scanJson([registry.url], ['--manifest-cache', directory, '--recheck-delay', '100ms'])
    const asked = (await requestsTo(registry)).slice(before)
    const bodies = asked.filter(
      ({ method, uri }) => method === 'GET' && uri.includes('/manifests/') && !uri.endsWith(NOWHERE),
    )
    return { ran, asked, bodies }
  }
})

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
}
