import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import type { Finding } from '../../../src/check/findings/finding.ts'
import type { UncheckedRecord } from '../../../src/check/records.ts'
import { scan } from '../../../src/check/scan/scan.ts'
import { TargetError } from '../../../src/check/source.ts'
import { image, index } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { memorySource } from '../../support/simulated/memory-source.ts'
import { eventsOf, NEVER, only, REPOSITORY, RULES, scanOptions, scene } from '../scene.ts'

/** Repositories, each with one tag over one image. */
function registryOf(...names: string[]): MemoryRegistry {
  const registry = new MemoryRegistry()
  for (const name of names) registry.push(name, image(name), 'latest')
  return registry
}

const breakIn = (registry: MemoryRegistry, name: string): void => {
  registry.blobs.delete(image(name).config.descriptor.digest)
}

/** An event in a word. */
function word(event: ScanEvent): string {
  switch (event.type) {
    case 'finding':
      return `finding ${event.finding.repository ?? '-'}`
    case 'tag':
      return `tag ${event.record.repository}:${event.record.tag}`
    case 'unchecked':
      return `unchecked ${event.record.repository ?? event.record.path}`
    default:
      return event.type
  }
}

const elsewhere: UncheckedRecord = { repository: undefined, path: '/memory/x', because: 'SYMLINK', detail: 'is a link' }
const skipped: UncheckedRecord = { repository: undefined, path: '/memory/y', because: 'TOO_DEEP' }
const waste: Finding = {
  code: 'crash-debris',
  cause: 'temporary-file',
  severity: 'notice',
  repository: undefined,
  tags: [],
  parents: [],
  platforms: [],
  evidence: { path: '/memory/z.tmp', bytes: 1 },
}

describe('a scan', () => {
  it('reports the target first and the result last', async () => {
    const events = await eventsOf(memorySource(registryOf('a', 'b'), { registry: 'lab' }))
    expect(events[0]).toEqual({
      type: 'target',
      info: { target: '/memory', registry: 'lab', kind: 'distribution', depth: 'blobs', pullThrough: false },
    })
    expect(events.at(-1)).toEqual({
      type: 'summary',
      totals: {
        repositories: 2,
        tags: { intact: 2, degraded: 0, unpullable: 0, unchecked: 0 },
        manifests: { intact: 2, damaged: 0, unchecked: 0, skipped: 0 },
        blobs: { intact: 6, damaged: 0, unchecked: 0, skipped: 0 },
        manifestsNotReproved: 0,
      },
      complete: true,
      stopped: false,
      garbage: 'none',
      coverage: {
        checked: { indexes: 0, manifests: 2, configs: 2, layers: 4, layerLinks: 6 },
        checkedBytes: [...image('a').bytes, ...image('b').bytes].length,
        durations: {},
      },
    })
  })

  it('reports each repository in turn: findings, tags, unchecked; then what belongs to none', async () => {
    const registry = registryOf('b', 'a', 'c')
    breakIn(registry, 'a')
    breakIn(registry, 'b')
    registry.unreadable.set(registry.at.data(image('b').layers[0]?.descriptor.digest ?? ''), 'STORE_TIMEOUT')
    const source = memorySource(registry, {
      garbage: async () => ({ findings: [waste], unchecked: [skipped] }),
      async *repositories() {
        yield* ['b', elsewhere, 'a', 'c']
      },
    })
    const events = await eventsOf(source, scanOptions({ garbage: true }))
    expect(events.map(word)).toEqual([
      'target',
      'finding a',
      'tag a:latest',
      'finding b',
      'tag b:latest',
      'unchecked b',
      'tag c:latest',
      'finding -',
      'unchecked /memory/x',
      'unchecked /memory/y',
      'repairs',
      'summary',
    ])
    expect(events.at(-1)).toMatchObject({ complete: false })
  })

  it('lists the findings of each tag', async () => {
    const { registry, links, arm64, multi } = scene()
    links.tags.set('second', multi.descriptor.digest)
    links.tags.set('bad', '')
    registry.push(REPOSITORY, image('good'), 'good')
    registry.blobs.delete(arm64.config.descriptor.digest)
    const events = await eventsOf(memorySource(registry))
    const [bad, config] = only(events, 'finding').map(({ finding }) => finding.id)
    expect(only(events, 'tag').map(({ record, findings }) => [record.tag, findings])).toEqual([
      ['bad', [bad]],
      ['good', []],
      ['latest', [config]],
      ['second', [config]],
    ])
  })

  it('lists only the tags that are not intact, unless all are asked for', async () => {
    const registry = registryOf('a', 'b')
    breakIn(registry, 'b')
    const listed = async (allTags: boolean) =>
      (await eventsOf(memorySource(registry), scanOptions({ allTags }))).filter(({ type }) => type === 'tag').map(word)
    expect(await listed(false)).toEqual(['tag b:latest'])
    expect(await listed(true)).toEqual(['tag a:latest', 'tag b:latest'])
  })

  it('counts a repository once, whether it was clean, reported or checked again', async () => {
    const registry = registryOf('a', 'b', 'c')
    breakIn(registry, 'b')
    for (const depth of ['graph', 'blobs', 'content'] as const) {
      const options = scanOptions({ allTags: false, rules: { depth } })
      const totals = only(await eventsOf(memorySource(registry), options), 'summary')[0]?.totals
      const damaged = depth === 'graph' ? 0 : 1
      expect(totals).toMatchObject({ repositories: 3, manifests: { intact: 3 }, blobs: { damaged } })
      expect(totals?.tags).toMatchObject({ intact: 3 - damaged, unpullable: damaged })
    }
  })

  it('neither checks nor counts a repository that is not selected', async () => {
    const registry = registryOf('a', 'b')
    breakIn(registry, 'b')
    const source = memorySource(registry)
    const events = await eventsOf(source, scanOptions({ rulesFor: (name) => (name === 'a' ? RULES : undefined) }))
    expect(events.map(word)).toEqual(['target', 'tag a:latest', 'summary'])
    expect(source.checks.map(({ repository }) => repository)).toEqual(['a'])
    expect(events.at(-1)).toMatchObject({ totals: { repositories: 1 }, complete: true })
  })

  it('judges each repository by its own rules', async () => {
    const registry = new MemoryRegistry()
    for (const name of ['dense', 'sparse']) registry.push(name, index([image('x'), image('y')]), 'latest')
    registry.repository('dense').revisions.delete(image('x').descriptor.digest)
    registry.repository('sparse').revisions.delete(image('x').descriptor.digest)
    const rulesFor = (name: string) => ({ ...RULES, sparse: name === 'sparse' })
    const events = await eventsOf(memorySource(registry), scanOptions({ rulesFor }))
    expect(events.map(word)).toEqual([
      'target',
      'finding dense',
      'tag dense:latest',
      'tag sparse:latest',
      'repairs',
      'summary',
    ])
  })

  it('reports progress', async () => {
    const registry = registryOf('a', 'b')
    breakIn(registry, 'b')
    const source = memorySource(registry, {
      settle: async (onProgress) => {
        onProgress(1, 4)
        onProgress(4, 4)
        return new Map()
      },
    })
    const progress: unknown[] = []
    for await (const event of scan(source, scanOptions({ rules: { depth: 'content' } }), NEVER))
      if (event.type === 'progress') progress.push([event.stage, event.done, event.total])
    expect(progress).toEqual([
      ['walk', 1, undefined],
      ['walk', 2, undefined],
      ['content', 1, 4],
      ['content', 4, 4],
      ['second-look', 1, 1],
    ])
  })

  it('is complete if something was skipped, but not if a place could not be listed', async () => {
    const ending = async (record: UncheckedRecord): Promise<unknown> => {
      const source = memorySource(new MemoryRegistry(), {
        async *repositories() {
          yield record
        },
      })
      return (await eventsOf(source)).at(-1)
    }
    expect(await ending(skipped)).toMatchObject({ complete: true })
    expect(await ending(elsewhere)).toMatchObject({ complete: false })
  })

  it('reports only that a target cannot be read', async () => {
    const source = memorySource(registryOf('a'), {
      // biome-ignore lint/correctness/useYield: it ends before there is anything to yield.
      async *repositories() {
        throw new TargetError('not mounted')
      },
    })
    expect((await eventsOf(source)).slice(1)).toEqual([
      { type: 'unreadable', reason: 'not mounted', because: 'storage' },
    ])
  })

  it.each([
    [
      'the listing',
      {
        repositories: () => {
          throw new TypeError('a bug')
        },
      },
    ],
    ['settling', { settle: () => Promise.reject(new TypeError('a bug')) }],
  ])('throws a bug in %s with its stack', async (_, broken) => {
    const source = memorySource(registryOf('a'), broken)
    await expect(eventsOf(source, scanOptions({ rules: { depth: 'content' } }))).rejects.toThrow(new TypeError('a bug'))
  })

  it.each([1, 2])('reports the repository in which a bug ended look %d, and all the others', async (nth) => {
    const registry = registryOf('a', 'b', 'c')
    for (const name of ['a', 'b']) breakIn(registry, name)
    const before = (repository: string, now: number): void => {
      if (repository === 'b' && now === nth) throw new TypeError('a bug')
    }
    const events = await eventsOf(memorySource(registry, { before }))
    const found = events.flatMap((event) => (event.type === 'finding' ? [event.finding] : []))
    expect(found.map(({ repository, confirmed }) => [repository, confirmed])).toEqual(
      nth === 1 ? [['a', true]] : [['a', true], ['b', false]], // biome-ignore format: a pair a line
    )
    const unchecked = events.flatMap((event) => (event.type === 'unchecked' ? [event.record] : []))
    expect(unchecked).toMatchObject([{ repository: 'b', because: 'INTERNAL_ERROR' }])
    expect(unchecked[0]?.detail).toMatch(/^TypeError: a bug \(at .*scan\.test\.ts/)
    expect(events.at(-1)).toMatchObject({ type: 'summary', complete: false })
  })
})

describe('garbage', () => {
  it('is searched only if requested, and after everything else', async () => {
    const registry = registryOf('a')
    const order: string[] = []
    const source = memorySource(registry, {
      before: (repository, nth) => {
        order.push(`${repository} ${nth}`)
      },
      garbage: async (blobs) => {
        order.push(`garbage ${blobs}`)
        return { findings: [waste], unchecked: [] }
      },
    })
    expect(only(await eventsOf(source), 'finding')).toEqual([])
    const events = await eventsOf(source, scanOptions({ garbage: true }))
    expect(order).toEqual(['a 1', 'a 2', 'garbage true'])
    expect(only(events, 'finding')).toMatchObject([{ finding: { ...waste, confirmed: true } }])
    expect(events.at(-1)).toMatchObject({ garbage: 'all', complete: true })
  })

  it.each([
    [
      'a manifest is damaged',
      (registry: MemoryRegistry) => registry.blobs.set(image('a').descriptor.digest, Buffer.from('{}')),
    ],
    ['a manifest is missing', (registry: MemoryRegistry) => registry.blobs.delete(image('a').descriptor.digest)],
    [
      'a manifest could not be read',
      (registry: MemoryRegistry) =>
        registry.unreadable.set(registry.at.data(image('a').descriptor.digest), 'STORE_TIMEOUT'),
    ],
  ])('contains no blob if %s: its needs are unknown', async (_, damage) => {
    const registry = registryOf('a')
    damage(registry)
    const asked: boolean[] = []
    const source = memorySource(registry, {
      garbage: async (blobs) => {
        asked.push(blobs)
        return { findings: [], unchecked: [] }
      },
    })
    const events = await eventsOf(source, scanOptions({ garbage: true }))
    expect([asked, only(events, 'summary')[0]?.garbage]).toEqual([[false], 'uploads-only'])
  })

  it('is not searched by a source that cannot find it', async () => {
    const events = await eventsOf(memorySource(registryOf('a')), scanOptions({ garbage: true }))
    expect(events.at(-1)).toMatchObject({ garbage: 'none', complete: true })
  })
})
