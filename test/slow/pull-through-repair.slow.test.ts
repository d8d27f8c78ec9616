import { cpSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { extend, flipAt, truncate, write } from '../support/builders/faults/damage-files.ts'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { clientOf } from '../support/repair/client.ts'
import { lostFiles } from '../support/repair/lost-files.ts'
import { planOf, runScript, shellcheck } from '../support/repair/plan-script.ts'
import { contentsOf } from '../support/repair/read-storage.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { type LiveRegistry, startLive } from '../support/servers/restartable-registry.ts'
import { type BlockableProxy, startBlockableProxy } from '../support/simulated/blockable-proxy.ts'

const amd64 = image('amd64', { platform: 'linux/amd64' })
const arm64 = image('arm64', { platform: 'linux/arm64' })
const both = index([amd64, arm64])
const root = both.descriptor.digest
const child = amd64.descriptor.digest
const config = amd64.config.descriptor.digest
const layer = amd64.layers[0]?.descriptor.digest ?? ''
const other = arm64.config.descriptor.digest

/** What a client gets of the image: all of it, bytes that are not its own, or no answer. */
type Served = 'right' | 'wrong' | 'error'

interface Repaired {
  readonly repair: { readonly why: string }
}

/** What is done to the storage, what clients get while the upstream answers and while it does not, and what is said of it. */
const DAMAGES: readonly (readonly [string, (at: StoragePaths) => void, readonly [Served, Served], string])[] = [
  [
    'an altered layer',
    (at) => flipAt(at.data(layer), 'middle'),
    ['wrong', 'wrong'],
    'clients get the wrong bytes, whether',
  ],
  [
    'a truncated layer',
    (at) => truncate(at.data(layer), 5),
    ['wrong', 'wrong'],
    'clients get the wrong bytes, whether',
  ],
  ['an extended layer', (at) => extend(at.data(layer)), ['wrong', 'wrong'], 'clients get the wrong bytes, whether'],
  ['an empty layer', (at) => write(at.data(layer), ''), ['wrong', 'wrong'], 'clients get the wrong bytes, whether'],
  [
    'an altered config',
    (at) => flipAt(at.data(config), 'last'),
    ['wrong', 'wrong'],
    'clients get the wrong bytes, whether',
  ],
  [
    'an empty layer link',
    (at) => write(at.layerLink('app', layer), ''),
    ['error', 'error'],
    'clients get an error, whether',
  ],
  [
    'a layer link to another blob',
    (at) => write(at.layerLink('app', layer), other),
    ['wrong', 'wrong'],
    'clients get the wrong bytes, whether',
  ],
  [
    'an altered manifest',
    (at) => flipAt(at.data(child), 'middle'),
    ['wrong', 'wrong'],
    'if the registry can still read them',
  ],
  [
    'an altered index',
    (at) => flipAt(at.data(root), 'middle'),
    ['wrong', 'wrong'],
    'if the registry can still read them',
  ],
  [
    'a manifest that is no JSON',
    (at) => flipAt(at.data(child), 'first'),
    ['right', 'error'],
    'else the right ones while it',
  ],
  [
    'an empty manifest',
    (at) => write(at.data(child), ''),
    ['right', 'error'],
    'right bytes while the upstream answers, and',
  ],
  [
    'an empty revision link',
    (at) => write(at.revisionLink('app', child), ''),
    ['right', 'error'],
    'right bytes while the upstream answers, and',
  ],
  [
    'an empty revision link of an index',
    (at) => write(at.revisionLink('app', root), ''),
    ['right', 'error'],
    'right bytes while the upstream answers, and',
  ],
  [
    'a revision link to another manifest',
    (at) => write(at.revisionLink('app', child), arm64.descriptor.digest),
    ['wrong', 'wrong'],
    'clients get the wrong bytes, whether',
  ],
  [
    'an empty tag link',
    (at) => write(at.tagLink('app', 'v1'), ''),
    ['right', 'error'],
    'right bytes while the upstream answers, and',
  ],
]

describeWithServers(['docker-registry', 'shellcheck'], 'a damaged pull-through cache', () => {
  const directory = mkdtempSync(join(scratch(), 'cache-'))
  const warm = join(directory, 'warm')
  let upstream: RunningRegistry
  let door: BlockableProxy

  beforeAll(async () => {
    upstream = await startRegistry({ root: join(directory, 'upstream') })
    await push({ url: upstream.url, repository: 'app' }, both, 'v1')
    door = await startBlockableProxy(upstream.url)
    mkdirSync(warm)
    const cache = await startRegistry({ root: warm, config: { proxy: { remoteurl: door.url } } })
    expect(await servedBy(cache)).toBe('right')
    await vi.waitUntil(() => hasSettled(warm), { timeout: 30_000 })
    await cache.stop()
  })

  afterAll(async () => {
    await door.stop()
    await upstream.stop()
  })

  it.each(DAMAGES)('is repaired by what is printed, with %s', async (_, damage, [there, away], said) => {
    expect(await inHarmed(damage, ({ live }) => servedBy(live))).toBe(there)
    expect(
      await inHarmed(damage, ({ live }) => {
        door.shut()
        return servedBy(live)
      }),
    ).toBe(away)
    await inHarmed(damage, async ({ live, place, at }) => {
      const plan = await planOf(at, join(place, 'plan'))
      const repairs: unknown[] = JSON.parse(plan.scan.stdout).targets[0].findings.map(
        ({ repair }: Repaired) => repair.why,
      )
      expect(repairs).toEqual([expect.stringContaining(said)])
      expect(shellcheck(plan.file)).toBe('')
      const harmed = contentsOf(at)
      const quarantine = join(place, 'quarantine')
      const env = { REGISTRY: live.url, RESTART: live.restartCommand, QUARANTINE: quarantine }
      const first = await runScript(plan, env, { directory: place })
      expect(first.code === 0 ? '' : first.output).toBe('')
      await vi.waitUntil(() => hasSettled(at), { timeout: 30_000 })
      expect(lostFiles(at, harmed, quarantine)).toEqual([])
      const kept = contentsOf(quarantine)
      const second = await runScript(plan, env, { directory: place })
      expect([second.code, live.restarts(), contentsOf(quarantine)]).toEqual([0, 1, kept])
      await live.restart()
      door.shut()
      expect(await servedBy(live)).toBe('right')
    })
  })

  interface Harmed {
    readonly live: LiveRegistry
    /** For all that is written beside the storage. */
    readonly place: string
    /** The storage. */
    readonly at: string
  }

  /** A copy of the cache's storage with damage, and a cache that serves it, with its upstream there. */
  async function inHarmed<T>(damage: (at: StoragePaths) => void, use: (harmed: Harmed) => Promise<T>): Promise<T> {
    const place = mkdtempSync(join(directory, 'harmed-'))
    const at = join(place, 'cache')
    cpSync(warm, at, { recursive: true })
    damage(storagePaths(at))
    door.open()
    const live = await startLive({ root: at, config: { proxy: { remoteurl: door.url } } })
    try {
      return await use({ live, place, at })
    } finally {
      door.open()
      await live.stop()
    }
  }
})

/** A cache answers first, and stores what it fetched and when it expires behind it. */
function hasSettled(storage: string): boolean {
  const paths = [...contentsOf(storage).keys()]
  const blobs = paths.filter((path) => path.endsWith('/data'))
  const needed = new Set(
    [amd64, arm64].flatMap(({ descriptor, config: { descriptor: own }, layers }) => [
      descriptor.digest,
      own.digest,
      ...layers.map((each) => each.descriptor.digest),
    ]),
  )
  return (
    paths.includes('scheduler-state.json') &&
    blobs.length > needed.size &&
    !paths.some((path) => path.includes('_uploads/'))
  )
}

async function servedBy({ url }: { readonly url: string }): Promise<Served> {
  const { digest, troubles } = await clientOf(url).tree('app', 'v1')
  if (troubles.some((each) => each.includes('status 5'))) return 'error'
  return digest === root && troubles.length === 0 ? 'right' : 'wrong'
}
