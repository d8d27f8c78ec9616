import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, regfsck, reportIn, scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { collectGarbage, type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { startWriters, type Writers } from '../support/servers/writers.ts'

/** Scans beside writers; `RACE_SCANS=1000` for the goal of the project. */
const SCANS = Number(env['RACE_SCANS'] ?? 20)
const AT_ONCE = 2
/** Milliseconds for all of them. */
const PATIENCE = 60_000 + 5000 * SCANS
const directory = scratch()

describeWithServers(['docker-registry'], 'a registry in use', () => {
  const root = join(directory, 'in-use')
  let registry: RunningRegistry
  let writers: Writers
  beforeAll(async () => {
    registry = await startRegistry({ root })
    writers = startWriters(registry.url, 3)
    while (writers.pushes() < 10) await delay(20)
  })
  afterAll(() => registry.stop())

  it(
    `gives no finding in ${SCANS} scans beside pushes, tag moves and deletions`,
    async () => {
      const before = writers.pushes()
      const scans = await scanRepeatedly(root, SCANS)
      for (const ran of scans) {
        const { findings, unchecked, totals } = targetIn(ran)
        expect(findings).toEqual([])
        expect(unchecked.filter(({ because }) => because !== 'MOVED')).toEqual([])
        expect([0, 3]).toContain(ran.code)
        expect(totals?.repositories).toBeGreaterThan(1)
      }
      expect(scans.filter(({ code }) => code === 0).length).toBeGreaterThan(SCANS / 2)
      expect(writers.pushes()).toBeGreaterThan(before + SCANS)
    },
    PATIENCE,
  )

  it('gives no error beside a garbage collection', async () => {
    await writers.stop()
    await writers.deleteStale()
    const [scans, collected] = await Promise.all([scanRepeatedly(root, 4), collectGarbage(root)])
    expect(collected.output).toContain('blob eligible for deletion')
    for (const ran of scans) {
      expect([0, 3]).toContain(ran.code)
      expect(targetIn(ran).unchecked.filter(({ because }) => because !== 'MOVED')).toEqual([])
      // What 2.8 leaves behind of a deleted image, as it does without a scan.
      for (const { code } of targetIn(ran).findings) expect(code).toBe('orphan-layer-link')
    }
  })

  it('is whole when everybody has gone', async () => {
    const ran = await scanJson([root], ['--depth=content'])
    expect(ran.code).toBe(0)
    expect(targetIn(ran)).toMatchObject({ complete: true, tags: [], unchecked: [] })
  })
})

/** Repositories, enough that three scans are over before all their files have been moved. */
const RESTLESS = 700

describe('files that come and go', () => {
  it('are no damage where they are whole again at the second look, and no proof where they never rest', async () => {
    const root = join(directory, 'restless')
    const at = storagePaths(root)
    const nodes = Array.from({ length: RESTLESS }, (_, n) => image(`restless ${n}`))
    for (const [n, node] of nodes.entries()) storeImage(at, `app/${n}`, node)
    const moving = nodes.flatMap((node, n) => [
      dirname(at.tagLink(`app/${n}`, 'latest')),
      at.revisionLink(`app/${n}`, node.descriptor.digest),
      at.data(node.layers[0]?.descriptor.digest ?? ''),
    ])
    mkdirSync(join(directory, 'away'))
    let going = true
    // Each goes away once at the most: what is missing at two looks would have been missing all the time between.
    const mover = (async () => {
      for (const [n, home] of moving.entries()) {
        if (!going) return
        const away = join(directory, 'away', `${n}`)
        renameSync(home, away)
        await delay(2)
        renameSync(away, home)
      }
    })()
    const scans = await scanRepeatedly(root, 3)
    going = false
    await mover
    for (const ran of scans) {
      expect(targetIn(ran).findings).toEqual([])
      expect([0, 3]).toContain(ran.code)
    }
    expect(await scanJson([root])).toMatchObject({ code: 0 })
  })

  it('are damage where they stay away', async () => {
    const root = join(directory, 'gone')
    const at = storagePaths(root)
    const node = image('gone')
    storeImage(at, 'app', node)
    const ran = regfsck(['scan', '--output=json', '--recheck-delay=1s', root])
    renameSync(at.tagLink('app', 'latest'), join(directory, 'gone-link'))
    expect((await ran).code).toBe(1)
    expect(targetIn(await ran).findings).toEqual([
      expect.objectContaining({ code: 'tag-dangling', cause: 'link-missing', confirmed: true }),
    ])
  })
})

async function scanRepeatedly(root: string, times: number): Promise<Ran[]> {
  const ran: Ran[] = []
  const scanner = async (): Promise<void> => {
    while (ran.length < times) {
      const depth = ran.length % 2 === 0 ? 'content' : 'blobs'
      const one = await regfsck(['scan', '--output=json', '--recheck-delay=200ms', `--depth=${depth}`, root])
      expect(reportIn(one).targets).toHaveLength(1)
      ran.push(one)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, scanner))
  return ran
}
