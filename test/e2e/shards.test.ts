import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { reportIn, type SaidTarget, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningPushgateway, startPushgateway } from '../support/servers/pushgateway.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const SLICES = ['0/3', '1/3', '2/3']
const REPOSITORIES = Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? `team/service-${n}` : `tool-${n}`))

describeWithServers(['docker-registry', 'prometheus-pushgateway'], 'a registry scanned in slices', () => {
  const home = scratch()
  const root = join(home, 'lab')
  let registry: RunningRegistry
  let gateway: RunningPushgateway

  beforeAll(async () => {
    registry = await startRegistry({ root })
    gateway = await startPushgateway({ file: join(home, 'pushed') })
    const images = REPOSITORIES.map((repository) => ({ repository, node: image(repository) }))
    for (const { repository, node } of images) await push({ url: registry.url, repository }, node, 'v1')
    for (const { node } of images.slice(0, 7)) {
      const digest = node.layers[0]?.descriptor.digest ?? ''
      rmSync(storagePaths(root).data(digest))
    }
  })
  afterAll(async () => {
    await registry.stop()
    await gateway.stop()
  })

  it.each(['disk', 'API'])('on %s is found in the same state as whole, each tag in one slice', async (where) => {
    const target = where === 'disk' ? root : registry.url
    const whole = await scan(target)
    const slices = await Promise.all(SLICES.map((slice) => scan(target, `--shard=${slice}`)))
    expect(whole.findings).toHaveLength(7)
    expect(slices.flatMap(({ findings }) => findings.map(({ id }) => id)).sort()).toEqual(
      whole.findings.map(({ id }) => id).sort(),
    )
    expect(slices.flatMap(({ tags }) => tags.map(({ repository }) => repository)).sort()).toEqual(
      [...REPOSITORIES].sort(),
    )
    expect(slices.map(({ totals }) => totals?.repositories)).not.toContain(0)
    expect(slices.every(({ complete }) => complete)).toBe(true)
  })

  it('is cut alike on disk and over the API', async () => {
    const [disk, api] = await Promise.all([root, registry.url].map((target) => scan(target, '--shard=1/3')))
    expect(disk?.tags.map(({ repository }) => repository)).toEqual(api?.tags.map(({ repository }) => repository))
  })

  it('names the slice in its reports', async () => {
    const ran = await regfsckHere(['scan', root, '--shard=1/3', '--recheck-delay=0'])
    expect(ran.stdout).toContain('Slice 1/3 of the repositories (--shard); the others were not checked.')
    expect(await scan(root, '--shard=1/3')).toMatchObject({ shard: '1/3' })
    expect(await scan(root)).not.toHaveProperty('shard')
    const nowhere = await regfsckHere(['scan', join(home, 'nowhere'), '--shard=1/3', '--output=json'])
    expect(targetIn(nowhere)).toMatchObject({ shard: '1/3', totals: null })
  })

  it('has a group of its own for each slice in a Pushgateway, and they add up', async () => {
    for (const slice of SLICES) await scan(registry.url, '--registry=lab', `--shard=${slice}`, `--push=${gateway.url}`)
    const lines = (await gateway.scrape()).split('\n')
    const failures = lines.filter((line) => /^registry_integrity_failures\{.*reason="layer-missing"/.test(line))
    expect(failures.map((line) => /shard="(\d+)"/.exec(line)?.[1]).sort()).toEqual(['0', '1', '2'])
    expect(failures.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(7)
  })

  it('has text files of its own for each slice', async () => {
    const directory = scratch()
    for (const slice of SLICES) await scan(root, `--shard=${slice}`, `--textfile=${directory}`)
    expect(readdirSync(directory).filter((name) => name.endsWith('.run.prom'))).toEqual(
      ['0', '1', '2'].map((index) => `lab-shard${index}.run.prom`),
    )
    expect(readFileSync(join(directory, 'lab-shard2.run.prom'), 'utf8')).toContain('{registry="lab",shard="2"')
  })

  it('remembers, slice by slice, what it found, and calls nothing of another slice fixed', async () => {
    const file = join(scratch(), 'state.json')
    const [first, second] = [
      await scan(root, '--shard=0/3', `--state=${file}`),
      await scan(root, '--shard=1/3', `--state=${file}`),
    ]
    expect(first.findings.length).toBeGreaterThan(0)
    expect(second.fixed ?? []).toEqual([])
  })
})

describe('--shard', () => {
  it.each(['4/4', '1', '0/0', 'one/two'])('%s is refused before anything is scanned', async (slice) => {
    const ran = await regfsckHere(['scan', fixture('lawful-artifact'), `--shard=${slice}`])
    expect([ran.code, ran.stdout]).toEqual([2, ''])
    expect(ran.stderr).toBe(
      `regfsck: --shard: expected I/N with I from 0 to N-1 and N at most 1000, such as 0/4, 1/4, 2/4 and 3/4, not "${slice}"\n`,
    )
  })

  it('does not go with --garbage, which needs every repository', async () => {
    const ran = await regfsckHere(['scan', fixture('lawful-artifact'), '--shard=0/2', '--garbage'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('--garbage: needs all repositories')])
  })

  it('is of whole registries, not of images', async () => {
    const ran = await regfsckHere(['check', 'localhost/app:v1', '--shard=0/2'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('--shard')])
  })

  it('in which there is no repository is complete and clean', async () => {
    const slices = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        regfsckHere(['scan', fixture('lawful-artifact'), `--shard=${n}/30`, '--output=json']),
      ),
    )
    expect(new Set(slices.map((ran) => [ran.code, reportIn(ran).verdict].join()))).toEqual(new Set(['0,clean']))
    expect(slices.filter((ran) => targetIn(ran).totals?.repositories === 1)).toHaveLength(1)
  })
})

async function scan(target: string, ...flags: readonly string[]): Promise<SaidTarget> {
  const ran = await regfsckHere(['scan', target, '--output=json', '--all-tags', '--recheck-delay=0', ...flags])
  return targetIn(ran)
}
