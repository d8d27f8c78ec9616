import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import type { Depth } from '../../../src/check/rules.ts'
import { distributionSource } from '../../../src/sources/distribution/source.ts'
import { Tasks } from '../../../src/sources/distribution/tasks.ts'
import { filesystemSource } from '../../../src/sources/storage/filesystem-source.ts'
import { locateRegistries } from '../../../src/sources/storage/locate/locate.ts'
import { inProcessPool } from '../../../src/sources/storage/thread-pool.ts'
import { eventsOf, only, scanOptions, scene } from '../../check/scene.ts'
import { image } from '../../support/builders/images.ts'
import { writeObjects } from '../../support/builders/write-objects.ts'
import { writeStorage } from '../../support/builders/write-storage.ts'
import { scratch } from '../../support/scratch.ts'
import type { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import type { ObjectStorage } from '../../support/simulated/object-storage.ts'

const home = scratch()
const common = { registry: 'lab', garbage: false, now: () => new Date('2026-11-20T12:00:00Z') }

async function overFiles(registry: MemoryRegistry, root: string, depth: Depth): Promise<ScanEvent[]> {
  writeStorage(registry, root)
  const [at] = (await locateRegistries(root, { followSymlinks: false, isExcluded: () => false })).found
  if (!at) throw new Error(`no registry at ${root}`)
  const source = await filesystemSource(at, { ...common, followSymlinks: false, pool: inProcessPool })
  const events = await eventsOf(source, scanOptions({ rules: { depth } }))
  await source.close()
  rmSync(root, { recursive: true })
  return events
}

async function overObjects(storage: ObjectStorage, root: string, depth: Depth): Promise<ScanEvent[]> {
  const v2 = `${root}/docker/registry/v2`
  const newDriver = () => storage.driver()
  const source = await distributionSource(
    { root, v2 },
    {
      ...common,
      newDriver,
      above: `${root}/docker/registry`,
      storage: { quarantine: `${root}.quarantine`, absolute: (path) => path },
      pool: (setting) => {
        const tasks = new Tasks(setting, newDriver)
        return {
          width: 4,
          run: (task) => tasks.run(task),
          instruct: (task) => void tasks.run(task),
          close: async () => undefined,
        }
      },
    },
  )
  const events = await eventsOf(source, scanOptions({ rules: { depth } }))
  await source.close()
  return events
}

/** Without the progress, which depends on how many looks there are at a time. */
function comparable(events: readonly ScanEvent[]): unknown {
  return events.filter(({ type }) => type !== 'progress').map((event) => JSON.parse(JSON.stringify(event)))
}

/** Damage of every kind that storage can have. */
function damaged(): MemoryRegistry {
  const { registry, links, amd64, arm64 } = scene()
  registry.push('team/whole', image('whole'), 'v1')
  registry.push('cut', image('cut'), 'v1')
  registry.blobs.set(image('cut').config.descriptor.digest, Buffer.from('cut'))
  registry.push('altered', image('altered'), 'v1')
  const [layer] = image('altered').layers
  if (layer) registry.blobs.set(layer.descriptor.digest, Buffer.alloc(layer.bytes.length, 'x'))
  registry.push('lost', image('lost'), 'v1')
  registry.blobs.delete(image('lost').config.descriptor.digest)
  registry.repository('lost').tags.set('empty', '').set('bare', null)
  registry.repository('lost').layers.set(image('lost').descriptor.digest, 'no digest')
  links.revisions.delete(arm64.descriptor.digest)
  registry.blobs.set(amd64.config.descriptor.digest, 'a directory')
  return registry
}

describe('a registry in an object store', () => {
  it.each(['graph', 'blobs', 'content'] as const)(
    'is reported as the same one in files, at depth %s',
    async (depth) => {
      const root = join(home, depth)
      const files = await overFiles(damaged(), root, depth)
      const objects = await overObjects(writeObjects(damaged(), root), root, depth)
      expect(only(objects, 'finding').length).toBeGreaterThan(depth === 'graph' ? 2 : 5)
      expect(comparable(objects)).toEqual(comparable(files))
    },
  )

  it('is whole where it is whole, and asks for no link that a listing proves', async () => {
    const { registry } = scene()
    const storage = writeObjects(registry, '/bucket')
    const [end] = only(await overObjects(storage, '/bucket', 'blobs'), 'summary')
    expect(end).toMatchObject({ complete: true, totals: { tags: { intact: 1 } } })
    const got = storage.requests.filter((request) => request.startsWith('GET '))
    expect(got.filter((request) => request.endsWith('/link'))).toHaveLength(registry.repository('team/app').tags.size)
    // The index and its two manifests, each once.
    expect(got.filter((request) => request.endsWith('/data'))).toHaveLength(3)
  })

  it.each([
    ['a manifest', (names: readonly string[]) => names.find((name) => name.endsWith('/data'))],
    ['the links of a repository', () => '/bucket/docker/registry/v2/repositories/team/app/_layers'],
    ['blobs', (names: readonly string[]) => dirname(dirname(names.find((name) => name.endsWith('/data')) ?? ''))],
  ])('that does not give %s is unchecked, and never damaged', async (_, nameIn) => {
    const storage = writeObjects(scene().registry, '/bucket')
    const name = nameIn([...storage.objects.keys()])
    if (name === undefined) throw new Error('no such object')
    storage.unreadable.set(name, 'STORE_THROTTLED')
    const events = await overObjects(storage, '/bucket', 'content')
    expect(only(events, 'finding')).toEqual([])
    expect(only(events, 'summary')[0]?.complete).not.toBe(true)
  })

  it('has repositories that are gone with their last object, which is no loss', async () => {
    const registry = damaged()
    const storage = writeObjects(registry, '/bucket')
    for (const name of [...storage.objects.keys()])
      if (name.includes('/repositories/lost/')) storage.objects.delete(name)
    const events = await overObjects(storage, '/bucket', 'blobs')
    expect(only(events, 'finding').filter(({ finding }) => finding.repository === 'lost')).toEqual([])
    expect(only(events, 'summary')[0]?.complete).toBe(true)
  })
})
