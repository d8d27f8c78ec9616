import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { getuid } from 'node:process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { startPushgateway } from '../support/servers/pushgateway.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { commandLines } from './command-lines.ts'
import { rendered } from './manifests.ts'

const REPOSITORIES = ['app', 'team/app', 'library/alpine', 'infra-ci', 'tool-1', 'tool-2']
const BROKEN = ['app', 'infra-ci', 'tool-2']

describeWithServers(['docker-registry', 'prometheus-pushgateway'], 'the CronJob, as it is in the manifest', () => {
  const home = scratch()
  const root = join(home, 'registry')
  const done = new Map<string, Done>()
  let registry: RunningRegistry

  beforeAll(async () => {
    registry = await startRegistry({ root })
    for (const repository of REPOSITORIES) {
      const node = image(repository)
      await push({ url: registry.url, repository }, node, 'v1')
      const digest = node.layers[0]?.descriptor.digest ?? ''
      if (BROKEN.includes(repository)) rmSync(storagePaths(root).data(digest))
    }
    // All at one time: each waits three seconds before its second look.
    await Promise.all(['http', 'storage', 'full', 'sharded'].map(async (each) => done.set(each, await runAll(each))))
  })
  afterAll(() => registry.stop())

  /** Run all pods of an overlay, with only the hosts and the path replaced by those of this machine. */
  const runAll = async (overlay: string): Promise<Done> => {
    const gateway = await startPushgateway({ file: join(home, overlay) })
    try {
      const lines = commandLines(rendered(overlay), {
        'https://registry.example.com': registry.url,
        '/var/lib/registry': root,
        'http://pushgateway.monitoring.svc:9091': gateway.url,
      })
      const uid = getuid?.() === 0 ? { uid: 65532 } : {}
      const ran = await Promise.all(lines.map(({ args, env }) => regfsck(args, { env, ...uid })))
      return { ran, series: seriesIn(await gateway.scrape()) }
    } finally {
      await gateway.stop()
    }
  }
  const resultOf = (overlay: string): Done => {
    const result = done.get(overlay)
    if (result === undefined) throw new Error(`${overlay} was not run`)
    return result
  }

  it.each(['http', 'storage'])(
    'of %s brings its metrics to the Pushgateway, and succeeds on a broken registry',
    (overlay) => {
      const { ran, series } = resultOf(overlay)
      expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual([[0, '']])
      expect(ran[0]?.stdout).toContain('DAMAGED')
      const labels = { job: 'registry-integrity', registry: 'private' }
      expect(series('failures', { ...labels, reason: 'layer-missing' })).toEqual([BROKEN.length])
      expect(series('run_success', labels)).toEqual([1])
      expect(series('run_interval_seconds', labels)).toEqual([900])
      expect(series('config_info', { ...labels, mode: overlay === 'http' ? 'api' : 'disk' })).toEqual([1])
    },
  )

  it('of full has a group for each of its two ways', () => {
    const { ran, series } = resultOf('full')
    expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ])
    expect(series('run_interval_seconds', { profile: 'fast' })).toEqual([900])
    expect(series('run_interval_seconds', { profile: 'deep' })).toEqual([604_800])
    expect(series('failures', { profile: 'fast', reason: 'blob-digest-mismatch' })).toEqual([])
    expect(series('failures', { profile: 'deep', reason: 'blob-digest-mismatch' })).toEqual([0])
  })

  it('of sharded has a group for each slice, and they add up to the whole', () => {
    const { ran, series } = resultOf('sharded')
    expect(ran.map(({ code, stderr }) => [code, stderr])).toEqual(Array.from({ length: 4 }, () => [0, '']))
    const sum = (name: string, labels: Labels = {}): number =>
      ['0', '1', '2', '3'].flatMap((shard) => series(name, { shard, ...labels })).reduce((a, b) => a + b, 0)
    expect(sum('run_success')).toBe(4)
    expect(sum('repositories')).toBe(REPOSITORIES.length)
    expect(sum('failures', { reason: 'layer-missing' })).toBe(BROKEN.length)
  })
})

interface Done {
  readonly ran: readonly Ran[]
  readonly series: Series
}

type Labels = Readonly<Record<string, string>>
/** The values of a metric's series that have these labels, whatever other labels they have. */
type Series = (name: string, labels: Labels) => number[]

function seriesIn(exposition: string): Series {
  const lines = exposition.split('\n')
  return (name, labels) => {
    const wanted = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    const ours = lines.filter((line) => line.startsWith(`registry_integrity_${name}{`))
    const found = ours.filter((line) => wanted.every((label) => line.includes(label)))
    return found.map((line) => Number(line.slice(line.lastIndexOf(' '))))
  }
}
