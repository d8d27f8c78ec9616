import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import type { Task } from '../../../src/sources/distribution/tasks.ts'
import type { WorkerPool } from '../../../src/sources/distribution/worker-pool.ts'
import { filesystemSource } from '../../../src/sources/storage/filesystem-source.ts'
import { locateRegistries } from '../../../src/sources/storage/locate/locate.ts'
import { inProcessPool } from '../../../src/sources/storage/thread-pool.ts'
import { History } from '../../../src/state/history.ts'
import type { RememberedRun } from '../../../src/state/memory.ts'
import { eventsOf, only, scanOptions } from '../../check/scene.ts'
import { STORAGE_LOSSES } from '../../support/builders/faults/storage-losses.ts'
import { image } from '../../support/builders/images.ts'
import { type StoragePaths, storagePaths } from '../../support/builders/storage-paths.ts'
import { writeStorage } from '../../support/builders/write-storage.ts'
import { scratch } from '../../support/scratch.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'

type Depth = 'blobs' | 'content'

const home = scratch()
let roots = 0

/** Four repositories: of `bad` a config is lost, of `team/worse` a tag leads nowhere. */
function stored(): string {
  const registry = new MemoryRegistry()
  for (const name of ['bad', 'good', 'team/best', 'team/worse']) registry.push(name, image(name), 'latest')
  registry.blobs.delete(image('bad').config.descriptor.digest)
  registry.repository('team/worse').tags.set('gone', '')
  const root = join(home, String(roots++), 'registry')
  writeStorage(registry, root)
  return root
}

interface Scanned {
  readonly events: readonly ScanEvent[]
  /** What was done, in order. */
  readonly tasks: readonly Task['do'][]
  readonly complete: boolean
  /** Errors, as `repository confirmed`. */
  readonly errors: readonly string[]
  readonly fixed: readonly string[]
  readonly memories: readonly RememberedRun[]
}

/** @param before told the number of each task, from 1, before it is done */
async function scanned(
  root: string,
  how: {
    readonly depth?: Depth
    readonly past?: readonly RememberedRun[]
    readonly before?: (task: number) => void
  } = {},
): Promise<Scanned> {
  const { depth = 'blobs', past = [], before } = how
  const [at] = (await locateRegistries(root, { followSymlinks: false, isExcluded: () => false })).found
  if (!at) throw new Error(`no registry at ${root}`)
  const tasks: Task['do'][] = []
  const pool = (data: Parameters<typeof inProcessPool>[0]): WorkerPool => {
    const solo = inProcessPool(data)
    const run: WorkerPool['run'] = (task) => {
      const number = tasks.push(task.do)
      before?.(number)
      return solo.run(task)
    }
    return { ...solo, run }
  }
  const garbage = depth === 'content'
  const source = await filesystemSource(at, {
    registry: 'lab',
    followSymlinks: false,
    garbage,
    now: () => new Date(),
    pool,
  })
  const history = new History(past, { profile: '', now: '2026-11-20T12:00:00.000Z', garbage, looksAt: () => true })
  const events = (await eventsOf(source, scanOptions({ rules: { depth }, garbage }))).flatMap((event) => [
    ...history.take(event),
  ])
  await source.close()
  return {
    events,
    tasks,
    complete: only(events, 'summary')[0]?.complete ?? false,
    errors: only(events, 'finding')
      .filter(({ finding }) => finding.severity === 'error')
      .map(({ finding }) => `${finding.repository} ${finding.confirmed}`),
    fixed: only(events, 'fixed').map(({ finding }) => String(finding.repository)),
    memories: history.memories.length > 0 ? history.memories : past,
  }
}

/** The number of the first task of each kind in a row, and of the one after it. */
function momentsOf(tasks: readonly Task['do'][]): readonly number[] {
  return tasks.flatMap((task, n) => (task !== tasks[n - 1] || task !== tasks[n - 2] ? [n + 1] : []))
}

const known = ({ memories }: Scanned): string[] =>
  memories.flatMap(({ findings }) => findings.map(({ id }) => id)).sort()

describe.each(['blobs', 'content'] as const)('storage that vanishes in a scan at depth %s', (depth) => {
  // Bytes and garbage take many tasks: at depth content every other way will do.
  const ways = depth === 'blobs' ? STORAGE_LOSSES : STORAGE_LOSSES.filter((_, n) => n % 2 === 0)

  it.each(ways)('is not whole, at whatever moment: $name', async ({ vanish }) => {
    const calm = await scanned(stored(), { depth })
    expect([calm.complete, calm.errors]).toEqual([true, ['bad true', 'team/worse true']])
    expect(calm.tasks.length).toBeGreaterThan(8)
    for (const moment of momentsOf(calm.tasks)) {
      const root = stored()
      const run = await scanned(root, {
        depth,
        past: calm.memories,
        before: (task) => {
          if (task === moment) vanish(root)
        },
      })
      const said = { moment, complete: run.complete, fixed: run.fixed, known: known(run) }
      expect(said).toEqual({ moment, complete: false, fixed: [], known: known(calm) })
    }
  })

  it('for a moment and is back is not whole either, or was seen as it is', async () => {
    const calm = await scanned(stored(), { depth })
    for (let moment = 1; moment < calm.tasks.length; moment++) {
      const root = stored()
      const run = await scanned(root, {
        depth,
        past: calm.memories,
        before: (task) => {
          if (task === moment) renameSync(root, `${root}.moved`)
          if (task === moment + 1) renameSync(`${root}.moved`, root)
        },
      })
      expect({ moment, fixed: run.fixed, known: known(run) }).toEqual({ moment, fixed: [], known: known(calm) })
      if (run.complete) expect({ moment, errors: run.errors }).toEqual({ moment, errors: calm.errors })
    }
  })
})

describe('what was found before the storage vanished', () => {
  /** The task that is the first of the second looks. */
  const secondLook = (tasks: readonly Task['do'][]): number => tasks.indexOf('prove') + 2

  it('is reported, as seen once', async () => {
    const { tasks } = await scanned(stored())
    const root = stored()
    const run = await scanned(root, {
      before: (task) => {
        if (task === secondLook(tasks)) renameSync(root, `${root}.moved`)
      },
    })
    expect(run.errors).toEqual(['bad false', 'team/worse false'])
    expect(only(run.events, 'unchecked').map(({ record }) => record.path)).toContain(root)
  })

  it('is nothing where it vanished before anything was seen: the target cannot be read', async () => {
    const root = stored()
    const run = await scanned(root, {
      before: (task) => {
        if (task === 1) renameSync(root, `${root}.moved`)
      },
    })
    expect(only(run.events, 'unreadable')).toMatchObject([
      {
        reason: `${root} no longer exists: it was moved, unmounted or deleted during the scan`,
        because: 'storage',
      },
    ])
  })

  it('is kept of a repository that is another directory at the second look', async () => {
    const calm = await scanned(stored())
    const root = stored()
    const run = await scanned(root, {
      past: calm.memories,
      before: (task) => {
        if (task !== secondLook(calm.tasks)) return
        const path = storagePaths(root).repository('bad')
        renameSync(path, `${root}.bad`)
        mkdirSync(path)
      },
    })
    expect(run).toMatchObject({ complete: false, errors: ['bad false', 'team/worse true'], fixed: [] })
    expect(known(run)).toEqual(known(calm))
  })

  it('is kept of repositories whose common directory is gone', async () => {
    const calm = await scanned(stored())
    const root = stored()
    const run = await scanned(root, {
      past: calm.memories,
      before: (task) => {
        if (task === secondLook(calm.tasks)) renameSync(storagePaths(root).repository('team'), `${root}.team`)
      },
    })
    expect(run).toMatchObject({ complete: false, errors: ['bad true', 'team/worse false'], fixed: [] })
  })

  it.each<[string, string, (at: StoragePaths) => void]>([
    ['a repository', 'bad', (at) => rmSync(at.repository('bad'), { recursive: true })],
    [
      'one of several repositories in a directory',
      'team/worse',
      (at) => rmSync(at.repository('team/worse'), { recursive: true }),
    ],
    ['a tag', 'team/worse', (at) => rmSync(at.tag('team/worse', 'gone'), { recursive: true })],
    [
      'a tag and, by a garbage collection, its manifest',
      'bad',
      (at) => {
        const { digest } = image('bad').descriptor
        rmSync(at.tag('bad', 'latest'), { recursive: true })
        rmSync(dirname(at.revisionLink('bad', digest)), { recursive: true })
        rmSync(join(at.repository('bad'), '_layers'), { recursive: true })
        rmSync(dirname(at.data(digest)), { recursive: true })
      },
    ],
  ])('is dropped where %s was deleted and all around it still stands', async (_, repository, remove) => {
    const calm = await scanned(stored())
    const root = stored()
    const run = await scanned(root, {
      past: calm.memories,
      before: (task) => {
        if (task === secondLook(calm.tasks)) remove(storagePaths(root))
      },
    })
    expect(run).toMatchObject({ complete: true, fixed: [repository] })
  })
})

describe('what is deleted during the first looks', () => {
  it.each<[string, (at: StoragePaths) => void]>([
    ['a repository', (at) => rmSync(at.repository('good'), { recursive: true })],
    ['a tag', (at) => rmSync(at.tag('good', 'latest'), { recursive: true })],
  ])('is no loss: %s', async (_, remove) => {
    const calm = await scanned(stored())
    for (let moment = 1; moment <= calm.tasks.length; moment++) {
      const root = stored()
      const run = await scanned(root, {
        past: calm.memories,
        before: (task) => {
          if (task === moment) remove(storagePaths(root))
        },
      })
      expect({ moment, complete: run.complete, errors: run.errors, fixed: run.fixed }).toEqual({
        moment,
        complete: true,
        errors: calm.errors,
        fixed: [],
      })
    }
  })
})
