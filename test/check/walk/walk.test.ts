import { describe, expect, it } from 'vitest'
import { isComplete } from '../../../src/check/judge/judge.ts'
import { MANIFEST_LIMIT, SERVED_LIMIT } from '../../../src/check/rules.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import {
  describedBy,
  type ImageNode,
  image,
  index,
  layer,
  type ManifestNode,
  MEDIA_TYPE,
} from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { check, REPOSITORY, RULES, scene, verdicts } from '../scene.ts'

const twice = (items: readonly string[]): string[] => items.filter((item, n) => items.indexOf(item) !== n)

describe('a walk', () => {
  it('reads each object once, however many tags and parents name it', async () => {
    const { registry, amd64, arm64, multi } = scene()
    const shared = layer('shared')
    const one = image('one', { layers: [shared, shared] })
    const two = image('two', { layers: [shared], config: one.config })
    registry.push(REPOSITORY, index([multi, amd64, arm64, one, two, one]), 'all')
    registry.push(REPOSITORY, index([multi, one]), 'some')
    registry.push(REPOSITORY, one, 'one')
    const store = registry.store(REPOSITORY)
    await walk(REPOSITORY, store, RULES)
    expect(twice([...store.asked.manifests, ...store.asked.blobs, ...store.asked.tags])).toEqual([])
    expect(store.asked.manifests).toHaveLength(7)
    expect(store.asked.blobs).toHaveLength(8)
    expect(store.asked.remains).toEqual([])
  })

  it('asks for no blob at depth graph', async () => {
    const { registry } = scene()
    const store = registry.store(REPOSITORY)
    const graph = await walk(REPOSITORY, store, { ...RULES, depth: 'graph' })
    expect([store.asked.blobs, graph.blobs.size, graph.manifests.size]).toEqual([[], 0, 3])
  })

  it('searches storage only below manifests that are not served, and once', async () => {
    const { registry, links, multi, arm64 } = scene()
    registry.push(REPOSITORY, index([arm64, multi]), 'other')
    links.revisions.delete(arm64.descriptor.digest)
    const store = registry.store(REPOSITORY)
    const { below } = await walk(REPOSITORY, store, RULES)
    expect(store.asked.remains).toEqual([arm64.descriptor.digest])
    expect([...below.keys()]).toEqual([arm64.descriptor.digest])
  })

  it('searches for each once, however many lost indexes name it, and not for served ones', async () => {
    const { registry, links, multi, amd64, arm64 } = scene()
    const other = index([arm64, amd64])
    const outer = index([multi, other])
    registry.push(REPOSITORY, outer, 'outer')
    links.tags.delete('latest')
    const lost = [outer, multi, other, arm64].map(({ descriptor }) => descriptor.digest)
    for (const digest of lost) links.revisions.delete(digest)
    const store = registry.store(REPOSITORY)
    await walk(REPOSITORY, store, RULES)
    expect([...store.asked.remains].sort()).toEqual([...lost].sort())
  })

  it.each([
    ['64 manifests', MEDIA_TYPE.oci.image, [1, 64, 64, 2]],
    [
      '4 children that may be large layers',
      'application/vnd.oci.image.layer.v1.tar+gzip',
      [1, ...Array(32).fill(4), 2],
    ],
  ])('holds the bytes of at most %s at one time', async (_, mediaType, expected) => {
    const registry = new MemoryRegistry()
    const children = Array.from({ length: 130 }, (_, n) => image(`child ${n}`, { layers: [] }))
    registry.push(REPOSITORY, index(children.map((child) => describedBy(child, { mediaType }))), 'wide')
    const store = registry.store(REPOSITORY)
    const batches: number[] = []
    const read = store.readManifests.bind(store)
    store.readManifests = (digests) => {
      batches.push(digests.length)
      return read(digests)
    }
    const { manifests } = await walk(REPOSITORY, store, RULES)
    expect(batches).toEqual(expected)
    expect([...manifests.values()].filter(({ is }) => is === 'read')).toHaveLength(131)
  })

  it('lets anything but a StoreError through: that is a bug of ours', async () => {
    const { registry } = scene()
    const store = registry.store(REPOSITORY)
    store.listRevisions = () => Promise.reject(new TypeError('a bug'))
    await expect(walk(REPOSITORY, store, RULES)).rejects.toThrow(new TypeError('a bug'))
  })
})

describe('nesting', () => {
  /** An image under this many indexes, the innermost first. */
  function nested(leaf: ImageNode, indexes: number): ManifestNode {
    let node: ManifestNode = leaf
    for (let n = 0; n < indexes; n++) node = index([node])
    return node
  }

  it('is followed through 32 indexes', async () => {
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, nested(image('leaf'), 32), 'deep')
    const report = await check(registry)
    expect([report.unchecked, report.manifests]).toEqual([[], { intact: 33, damaged: 0, unchecked: 0, skipped: 0 }])
    expect(report.blobs.intact).toBe(3)
  })

  it('is skipped below, counted and named, and the run is complete', async () => {
    const registry = new MemoryRegistry()
    const leaf = image('leaf')
    registry.push(REPOSITORY, nested(leaf, 33), 'deep')
    const report = await check(registry)
    expect(report.unchecked).toEqual([
      { repository: REPOSITORY, digest: leaf.descriptor.digest, because: 'TOO_DEEP', kind: 'manifest' },
    ])
    expect(isComplete(report.unchecked)).toBe(true)
    expect(report.manifests).toEqual({ intact: 33, damaged: 0, unchecked: 0, skipped: 1 })
    expect(report.findings).toEqual([])
  })

  it('is counted on the shortest way down', async () => {
    const registry = new MemoryRegistry()
    const leaf = image('leaf')
    registry.push(REPOSITORY, nested(leaf, 40), 'deep')
    registry.push(REPOSITORY, nested(leaf, 10), 'middle')
    const report = await check(registry)
    expect([report.unchecked, report.manifests.intact]).toEqual([[], 41])
  })

  it('of a thousand levels ends, and is read in batches', async () => {
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, nested(image('leaf'), 1000), 'deep')
    const store = registry.store(REPOSITORY)
    store.listRevisions = async () => ({ found: [], unreadable: [] })
    await walk(REPOSITORY, store, RULES)
    expect(store.asked.manifests).toHaveLength(33)
  })
})

describe('what is deliberately skipped', () => {
  it('is a manifest, a config or a layer with an unknown algorithm', async () => {
    const registry = new MemoryRegistry()
    const config = { ...image('x').config, absent: true as const }
    const odd = image('odd', {
      config: describedBy(config, { digest: 'blake3:config' }),
      layers: [describedBy({ ...layer('x'), absent: true as const }, { digest: 'blake3:layer' })],
    })
    const unknown = { ...odd.descriptor, digest: 'blake3:child' }
    registry.push(REPOSITORY, odd)
    const bytes = index([], { fields: { manifests: [odd.descriptor, unknown] } }).bytes
    registry.putManifest(REPOSITORY, bytes, 'odd')
    const report = await check(registry, { depth: 'content' })
    const because = 'ALGORITHM_UNKNOWN'
    expect(report.unchecked).toEqual([
      { repository: REPOSITORY, digest: 'blake3:child', because, kind: 'manifest' },
      { repository: REPOSITORY, digest: 'blake3:config', because, kind: 'config' },
      { repository: REPOSITORY, digest: 'blake3:layer', because, kind: 'layer' },
    ])
    expect([report.findings, isComplete(report.unchecked), verdicts(report)]).toEqual([[], true, { odd: 'intact' }])
    expect(report.manifests).toEqual({ intact: 2, damaged: 0, unchecked: 0, skipped: 1 })
    expect(report.blobs).toEqual({ intact: 0, damaged: 0, unchecked: 0, skipped: 2 })
  })

  it.each([
    [0, { intact: 1, damaged: 0, unchecked: 0, skipped: 0 }],
    [1, { intact: 0, damaged: 1, unchecked: 0, skipped: 0 }],
    [MANIFEST_LIMIT - SERVED_LIMIT, { intact: 0, damaged: 1, unchecked: 0, skipped: 0 }],
    [MANIFEST_LIMIT - SERVED_LIMIT + 1, { intact: 0, damaged: 1, unchecked: 0, skipped: 0 }],
  ])('is no manifest %i bytes over the 4 MiB that registries serve: that is damage', async (over, totals) => {
    expect([SERVED_LIMIT, MANIFEST_LIMIT]).toEqual([4 * 1024 * 1024, 16 * 1024 * 1024])
    const registry = new MemoryRegistry()
    const { bytes, config, layers } = image('padded')
    for (const blob of [config, ...layers]) registry.pushBlob(REPOSITORY, blob)
    const padding = Buffer.alloc(SERVED_LIMIT + over - bytes.byteLength, ' ')
    const digest = registry.putManifest(REPOSITORY, Buffer.concat([bytes, padding]), 'large')
    const report = await check(registry)
    expect(report.manifests).toEqual(totals)
    expect(report.findings).toMatchObject(
      over ? [{ digest, code: 'manifest-damaged', cause: 'too-large', evidence: { refusedBy: 'registry' } }] : [],
    )
    expect([report.unchecked, verdicts(report)]).toEqual([[], { large: over ? 'unpullable' : 'intact' }])
  })

  it('does not make the siblings of what was skipped unpullable', async () => {
    const { registry, links, amd64, arm64 } = scene()
    const unknown = { ...arm64.descriptor, digest: 'blake3:child' }
    const bytes = index([], { fields: { manifests: [amd64.descriptor, unknown] } }).bytes
    registry.putManifest(REPOSITORY, bytes, 'half')
    links.revisions.delete(amd64.descriptor.digest)
    expect(verdicts(await check(registry))).toMatchObject({ half: 'degraded' })
  })
})

describe('what could not be read', () => {
  const PLACES = {
    tag: ({ registry }: ReturnType<typeof scene>) => registry.at.tagLink(REPOSITORY, 'latest'),
    'revision link': ({ registry, arm64 }: ReturnType<typeof scene>) =>
      registry.at.revisionLink(REPOSITORY, arm64.descriptor.digest),
    manifest: ({ registry, arm64 }: ReturnType<typeof scene>) => registry.at.data(arm64.descriptor.digest),
    'layer link': ({ registry, arm64 }: ReturnType<typeof scene>) =>
      registry.at.layerLink(REPOSITORY, arm64.layers[0]?.descriptor.digest ?? ''),
    config: ({ registry, arm64 }: ReturnType<typeof scene>) => registry.at.data(arm64.config.descriptor.digest),
  }

  it.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('is unchecked and never damaged: a %s', async (what) => {
    for (const because of ['STORE_TIMEOUT', 'STORE_DENIED', 'STORE_READ_FAILED', 'SYMLINK'] as const) {
      const all = scene()
      const path = PLACES[what](all)
      all.registry.unreadable.set(path, because)
      const report = await check(all.registry, { depth: 'content' })
      expect(report.findings).toEqual([])
      expect(verdicts(report)).toEqual({ latest: 'unchecked' })
      expect(report.unchecked).toMatchObject([{ path, because, detail: 'was not to be had', repository: REPOSITORY }])
      expect(isComplete(report.unchecked)).toBe(false)
      expect([report.manifests.damaged, report.blobs.damaged]).toEqual([0, 0])
    }
  })

  it('does not hide damage beside it', async () => {
    const { registry, links, amd64, arm64 } = scene()
    registry.unreadable.set(registry.at.data(arm64.descriptor.digest), 'STORE_TIMEOUT')
    links.layers.delete(amd64.config.descriptor.digest)
    const report = await check(registry)
    expect(report.findings).toMatchObject([{ code: 'config-missing', tags: ['latest'] }])
    expect(verdicts(report)).toEqual({ latest: 'degraded' })
    expect(report.unchecked).toMatchObject([{ because: 'STORE_TIMEOUT', digest: arm64.descriptor.digest }])
  })

  it('is a directory: the rest is checked', async () => {
    const { registry, links } = scene()
    const homes = registry.at.repository(REPOSITORY)
    links.layers.set(image('x').descriptor.digest, '')
    for (const path of [`${homes}/_manifests/tags`, `${homes}/_manifests/revisions`, `${homes}/_layers`]) {
      registry.unreadable.clear()
      registry.unreadable.set(path, 'STORE_DENIED')
      const report = await check(registry)
      expect(report.unchecked).toEqual([
        { repository: REPOSITORY, path, because: 'STORE_DENIED', detail: 'was not to be had' },
      ])
      expect(report.tags).toHaveLength(path.endsWith('tags') ? 0 : 1)
      expect(report.findings).toHaveLength(path.endsWith('_layers') ? 0 : 1)
      expect(report.manifests.intact).toBe(3)
    }
  })

  it('is named if the listing itself worked', async () => {
    const { registry } = scene()
    const store = registry.store(REPOSITORY)
    const bar = { place: '/x', because: 'SYMLINK', detail: 'is a symbolic link' } as const
    const list = store.listTags.bind(store)
    store.listTags = async () => ({ found: (await list()).found, unreadable: [bar] })
    const graph = await walk(REPOSITORY, store, RULES)
    expect([graph.unreadable, graph.tags.size]).toEqual([[bar], 1])
  })

  it('does not matter if it would only have shown a cause', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.delete(arm64.descriptor.digest)
    registry.unreadable.set(registry.at.data(arm64.descriptor.digest), 'STORE_TIMEOUT')
    const report = await check(registry)
    const evidence = { path: registry.at.revisionLink(REPOSITORY, arm64.descriptor.digest), revisionDirectory: 'gone' }
    expect(report.findings).toMatchObject([{ code: 'index-child-missing', evidence }])
    expect(report.findings[0]?.evidence).toEqual(evidence)
    expect(report.unchecked).toEqual([])
  })

  it('and was altered, does not show the cause either', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.delete(arm64.descriptor.digest)
    registry.blobs.set(arm64.descriptor.digest, Buffer.concat([arm64.bytes, Buffer.from(' ')]))
    const report = await check(registry)
    expect(report.findings[0]?.evidence).not.toHaveProperty('survivingManifest')
    registry.blobs.set(arm64.descriptor.digest, arm64.bytes)
    const whole = await check(registry)
    expect(whole.findings[0]?.evidence).toMatchObject({ survivingMediaType: MEDIA_TYPE.oci.image })
  })
})
