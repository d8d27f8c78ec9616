import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { regfsck, targetIn } from '../support/command/run.ts'
import { contentsOf } from '../support/repair/read-storage.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** A cache answers first, and stores what it fetched behind it. */
function hasStored(root: string, blobs: number): boolean {
  const paths = [...contentsOf(root).keys()]
  return (
    paths.filter((path) => path.endsWith('/data')).length === blobs && !paths.some((path) => path.includes('_uploads/'))
  )
}

describeWithServers(['docker-registry'], 'a pull-through cache that nobody has declared one', () => {
  const directory = mkdtempSync(join(scratch(), 'cache-'))
  const root = join(directory, 'cache')
  const fetched = image('fetched')
  let upstream: RunningRegistry
  let cache: RunningRegistry

  beforeAll(async () => {
    mkdirSync(root)
    upstream = await startRegistry({ root: join(directory, 'upstream') })
    await push({ url: upstream.url, repository: 'app' }, index([image('a'), image('b')]), 'v1')
    await push({ url: upstream.url, repository: 'app' }, fetched, 'v2')
    cache = await startRegistry({ root, config: { proxy: { remoteurl: upstream.url } } })
    for (const { descriptor } of [fetched.config, ...fetched.layers])
      await (await fetch(`${cache.url}/v2/app/blobs/${descriptor.digest}`)).arrayBuffer()
    await vi.waitUntil(() => hasStored(root, 1 + fetched.layers.length), { timeout: 30_000 })
  })

  afterAll(async () => {
    await cache.stop()
    await upstream.stop()
  })

  const scan = (...flags: readonly string[]) =>
    regfsck(['scan', '--recheck-delay', '0', '-o', 'json', ...flags, cache.url])

  it.each([[[]], [['--repositories', 'app']]])('is refused before it fetches anything (%j)', async (flags) => {
    const [before, logged] = [contentsOf(root), upstream.logs().length]
    const ran = await scan(...flags)
    expect(ran.code).toBe(4)
    expect(targetIn(ran)).toMatchObject({ complete: false, totals: null, findings: [] })
    expect(targetIn(ran).error).toMatch(/is a pull-through cache.*: requests would make it fetch.*--allow-fetch/)
    expect(contentsOf(root)).toEqual(before)
    expect(upstream.logs().slice(logged)).not.toMatch(/"GET \/v2\/app\/manifests\/(?!sha256:0{64} )/)
  })

  it('is asked with leave, and fetches', async () => {
    const before = contentsOf(root)
    const ran = await scan('--allow-fetch', '--repositories', 'app')
    expect(ran.code).toBe(0)
    expect(contentsOf(root).size).toBeGreaterThan(before.size)
  })

  it('is scanned as its upstream, which is no cache', async () => {
    const ran = await regfsck(['scan', '-o', 'json', upstream.url])
    expect([ran.code, targetIn(ran).complete]).toEqual([0, true])
  })

  it('is refused while its upstream is away', async () => {
    await upstream.stop()
    const ran = await scan('--repositories', 'app')
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toMatch(/is a pull-through cache/)
  })
})
