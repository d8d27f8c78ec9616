import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAMAGE, damagedStorage, otherStorage } from '../support/builders/damaged-storage.ts'
import {
  canMount,
  copied,
  MOUNTS,
  MOVES,
  type StagedLoss,
  unmountBelow,
} from '../support/builders/faults/storage-unmounts.ts'
import { randomMoment } from '../support/command/act-during-scan.ts'
import { StorageLossLane, type Tally, type Turn, takeTurns } from '../support/command/lose-storage-in-scan.ts'
import { learnIn, linesOf, loseStorageIn, type ServedRegistry } from '../support/command/lose-storage-in-serve.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { seeded } from '../support/seeded.ts'
import { type Monitoring, startMonitoring } from '../support/servers/monitoring.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const NEEDED = ['docker-registry', 'prometheus', 'prometheus-pushgateway', 'prometheus-alertmanager'] as const
const SOON = { timeout: 60_000, interval: 100 }
/** Milliseconds between the two looks. */
const PAUSE = 400
const DEPTHS = [[], ['--depth=content']]
const ON_DISK = {
  repositories: 60,
  suspects: DAMAGE.length,
  pause: PAUSE,
  flags: [...DEPTHS, ['--depth=content', '--garbage']],
}
const BEHIND_API = { ...ON_DISK, repositories: 20, flags: DEPTHS }

const random = seeded('sources that vanish')
const mayMount = canMount()
const everyWay = mayMount ? [...MOVES, ...MOUNTS] : MOVES

/** Each step goes on from where the one before it ended. */
describeWithServers(NEEDED, 'a source that vanishes while it is scanned', () => {
  const home = scratch()
  const [large, small] = [join(home, 'large'), join(home, 'small')]
  const registries: RunningRegistry[] = []
  let monitoring: Monitoring
  let disks: readonly StorageLossLane[]
  let apis: readonly StorageLossLane[]
  let server: Serving | undefined

  beforeAll(async () => {
    damagedStorage(large, ON_DISK.repositories)
    damagedStorage(small, BEHIND_API.repositories)
    monitoring = await startMonitoring(home)
    const { gateway } = monitoring
    const lane = (name: string, template: string): StorageLossLane =>
      new StorageLossLane(home, { name, template, gateway, pause: PAUSE })
    disks = ['disk-0', 'disk-1', 'disk-2'].map((name) => lane(name, large))
    apis = ['api-0', 'api-1'].map((name) => lane(name, small))
    for (const api of apis) api.askAt(await apiOf(api.root))
  })
  afterAll(async () => {
    server?.child.kill('SIGKILL')
    unmountBelow(home)
    for (const registry of registries) await registry.stop()
    await monitoring?.stop()
  })

  it('pages while it is there', async () => {
    for (const lane of [...disks, ...apis]) expect(await lane.learn()).toEqual(DAMAGE)
    await expect.poll(pages, SOON).toEqual(firing())
  })

  it('from a disk, moved at 70 random moments, is never whole, and nothing is fixed', async () => {
    expectHonesty(await takeTurns(disks, turnsOf(MOVES, 70, ON_DISK)), 70)
  })

  it.skipIf(!mayMount)(
    'from a disk, unmounted or mounted over at 70 random moments, is never whole, and nothing is fixed',
    async () => {
      expectHonesty(await takeTurns(disks, turnsOf(MOUNTS, 70, ON_DISK)), 70)
    },
  )

  it('behind the API of real registries, at 40 random moments, is never whole, and nothing is fixed', async () => {
    expectHonesty(await takeTurns(apis, turnsOf(everyWay, 40, BEHIND_API)), 40)
  })

  it('resolves no page in all that; a registry that is whole does', async () => {
    const [recovered] = disks
    otherStorage(join(home, 'whole'))
    expect(await recovered?.scanInstead(join(home, 'whole'))).toMatchObject({ complete: true, findings: [] })
    const resolved = `${recovered?.watched.name} resolved`
    await expect.poll(pages, SOON).toContain(resolved)
    expect(pages()).toEqual([...firing(), resolved].sort())
  })

  it('in serve, 20 times at random moments, is never whole, and nothing is fixed', async () => {
    // Nothing is told to it any more, and the machine has enough to do.
    await monitoring.stop()
    const disk = servedAt('disk', large)
    const api = servedAt('api', small)
    const running = await serve([
      { name: 'disk', target: disk.root },
      { name: 'api', target: await apiOf(api.root) },
    ])
    const said = await Promise.all([disk, api].map((registry) => vanishTenTimes(running, registry)))
    expect(said.flat()).toEqual([])
    const finished = ['disk', 'api'].flatMap((name) => linesOf(running, 'scan.finished', name))
    expect(finished.map(({ verdict }) => verdict)).not.toContain('clean')
    expect(finished.filter(({ failure }) => failure === 'incomplete').length).toBeGreaterThan(5)
    expect(await running.end()).toMatchObject({ code: 0 })
  })

  async function apiOf(root: string): Promise<string> {
    const registry = await startRegistry({ root })
    registries.push(registry)
    return registry.url
  }

  /** `registry status`, of all that the pager was told of damage. */
  function pages(): readonly string[] {
    const ofDamage = monitoring
      .pages()
      .filter(({ labels }) => labels['alertname'] === 'RegistryManifestIntegrityFailure')
      .map(({ status, labels }) => `${labels['registry']} ${status}`)
    return [...new Set(ofDamage)].sort()
  }

  function firing(): readonly string[] {
    return [...disks, ...apis].map(({ watched }) => `${watched.name} firing`).sort()
  }

  function servedAt(name: string, template: string): ServedRegistry {
    const directory = join(home, 'serve', name, 'stage')
    mkdirSync(directory, { recursive: true })
    return { name, template, directory, root: join(directory, 'registry') }
  }

  async function serve(targets: readonly { readonly name: string; readonly target: string }[]): Promise<Serving> {
    const config = join(home, 'serve', 'regfsck.yaml')
    const how = { interval: '1s', deadline: '2m', 'recheck-delay': `${PAUSE}ms` }
    const state = join(home, 'serve', 'state')
    writeFileSync(config, JSON.stringify({ state, registries: targets.map((each) => ({ ...each, ...how })) }))
    server = await serving(config)
    return server
  }

  async function vanishTenTimes(running: Serving, registry: ServedRegistry): Promise<readonly (readonly string[])[]> {
    await copied(registry.template, registry.root)
    const damage = await learnIn(running, registry.name)
    expect(damage).toHaveLength(DAMAGE.length)
    const ways = random.shuffle(everyWay.filter(({ leavesRegistry }) => !leavesRegistry))
    const wrong: (readonly string[])[] = []
    for (const way of ways.slice(0, 10)) {
      // Before a quarter it has hardly begun.
      const share = 0.25 + random.int(80) / 100
      wrong.push(await loseStorageIn(running, registry, { way, share, damage }))
    }
    return wrong.filter((each) => each.length > 0)
  }
})

function turnsOf(ways: readonly StagedLoss[], count: number, about: typeof ON_DISK): readonly Turn[] {
  const all = Array.from({ length: Math.ceil(count / ways.length) }, () => ways).flat()
  return random.shuffle(all.slice(0, count)).map((way) => {
    let moment = randomMoment(random, about)
    // A scan that begins when another registry is in its place knows nothing of the first.
    while (way.leavesRegistry && moment.after === 'start') moment = randomMoment(random, about)
    return { way, moment, flags: random.pick(about.flags) ?? [] }
  })
}

/** @throws where a scan was not honest, or where too few were hit in the middle for this to say anything */
function expectHonesty({ wrong, endings }: Tally, turns: number): void {
  expect(wrong).toEqual([])
  const { unreadable, incomplete, complete } = endings
  const withDamage = endings['incomplete, with damage']
  expect(unreadable + incomplete + withDamage + complete).toBe(turns)
  expect(incomplete + withDamage).toBeGreaterThan(turns * 0.4)
  expect(withDamage).toBeGreaterThan(turns * 0.2)
}
