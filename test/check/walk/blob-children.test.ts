import { describe, expect, it } from 'vitest'
import { MANIFEST_LIMIT } from '../../../src/check/rules.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import {
  type BlobNode,
  blob,
  contentOf,
  digestOf,
  image,
  json,
  layer,
  MEDIA_TYPE,
} from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { brief, check, REPOSITORY, RULES, verdicts } from '../scene.ts'

const CONFIG = blob(json({ layers: [], records: [] }), 'application/vnd.buildkit.cacheconfig.v0')

/** An index as BuildKit exports its cache: its children are blobs, linked as layers only. */
function cache(children: readonly BlobNode[]) {
  const registry = new MemoryRegistry()
  for (const child of children) registry.pushBlob(REPOSITORY, child)
  const manifests = children.map(({ descriptor }) => descriptor)
  const index = registry.putManifest(
    REPOSITORY,
    json({ schemaVersion: 2, mediaType: MEDIA_TYPE.oci.index, manifests }),
    'cache',
  )
  return { registry, links: registry.repository(REPOSITORY), index }
}

const WHOLE = { intact: 2, damaged: 0, unchecked: 0, skipped: 0 }

describe.each([
  ['a layer', layer('damaged', 300)],
  ['of an unknown media type', blob(contentOf('damaged', 300), 'application/vnd.example.thing')],
])('a blob that an index names and that is %s', (_, damage) => {
  const { digest } = damage.descriptor

  it.each(['blobs', 'content'] as const)('is a blob, and intact if its bytes are (%s)', async (depth) => {
    const report = await check(cache([damage, CONFIG]).registry, { depth })
    expect(report).toMatchObject({ findings: [], unchecked: [], blobs: WHOLE, manifests: { intact: 1 } })
    expect(verdicts(report)).toEqual({ cache: 'intact' })
  })

  it('is cut short', async () => {
    const { registry, index } = cache([damage, CONFIG])
    registry.blobs.set(digest, damage.bytes.subarray(0, 200))
    const report = await check(registry)
    expect(brief(report.findings)).toEqual([`error blob-size-mismatch/truncated ${digest} [cache]`])
    expect(report.findings).toMatchObject([{ parents: [index], evidence: { namedByIndex: true, claimedSize: 300 } }])
    expect(verdicts(report)).toEqual({ cache: 'degraded' })
    expect(report.blobs).toEqual({ ...WHOLE, intact: 1, damaged: 1 })
  })

  it('has other bytes of the same size, which depth content sees', async () => {
    const { registry } = cache([damage, CONFIG])
    registry.blobs.set(digest, contentOf('other', 300))
    expect((await check(registry)).findings).toEqual([])
    expect(brief((await check(registry, { depth: 'content' })).findings)).toEqual([
      `error blob-digest-mismatch/altered ${digest} [cache]`,
    ])
  })

  it('has a link and no bytes', async () => {
    const { registry } = cache([damage, CONFIG])
    registry.blobs.delete(digest)
    const report = await check(registry)
    expect(brief(report.findings)).toEqual([`error layer-missing/blob-missing ${digest} [cache]`])
    expect(report.findings).toMatchObject([{ evidence: { namedByIndex: true } }])
  })

  it('may be lacking in a sparse index, and not be cut short there', async () => {
    const { registry } = cache([damage, CONFIG])
    registry.blobs.delete(digest)
    expect(await check(registry, { sparse: true })).toMatchObject({ findings: [], tags: [{ verdict: 'intact' }] })
    registry.blobs.set(digest, damage.bytes.subarray(0, 200))
    expect((await check(registry, { sparse: true })).findings).toHaveLength(1)
  })

  it('cannot be read', async () => {
    const { registry } = cache([damage, CONFIG])
    registry.unreadable.set(registry.at.data(digest), 'STORE_READ_FAILED')
    const report = await check(registry)
    expect(report.findings).toEqual([])
    expect(report.unchecked).toMatchObject([{ digest, because: 'STORE_READ_FAILED' }])
    expect(verdicts(report)).toEqual({ cache: 'unchecked' })
  })

  it('has a wrong descriptor if it is intact and the index claims another size', async () => {
    const wrong = { ...damage, descriptor: { ...damage.descriptor, size: 299 } }
    const report = await check(cache([wrong, CONFIG]).registry)
    expect(brief(report.findings)).toEqual([`error descriptor-mismatch/size ${digest} [cache]`])
    expect(verdicts(report)).toEqual({ cache: 'degraded' })
  })

  it('is intact or damaged as the layer of an image too', async () => {
    const { registry } = cache([damage, CONFIG])
    registry.push(REPOSITORY, image('both', { layers: [damage] }), 'image')
    expect((await check(registry)).findings).toEqual([])
    registry.blobs.delete(digest)
    const report = await check(registry)
    expect(brief(report.findings)).toEqual([`error layer-missing/blob-missing ${digest} [cache image]`])
    expect(report.findings[0]?.evidence).not.toHaveProperty('namedByIndex')
    expect(verdicts(report)).toEqual({ cache: 'degraded', image: 'unpullable' })
  })

  it('is checked whatever its size', async () => {
    const bytes = Buffer.alloc(MANIFEST_LIMIT + 1, 'large')
    const named = blob(bytes, damage.descriptor.mediaType)
    const { registry } = cache([named, CONFIG])
    expect(await check(registry, { depth: 'content' })).toMatchObject({ findings: [], unchecked: [], blobs: WHOLE })
    registry.blobs.set(named.descriptor.digest, bytes.subarray(0, MANIFEST_LIMIT))
    expect((await check(registry)).findings).toMatchObject([{ code: 'blob-size-mismatch', cause: 'truncated' }])
  })
})

describe('a child that is no manifest we know', () => {
  it('is a manifest if it is linked as a revision', async () => {
    const bytes = json({ mediaType: 'application/vnd.example.thing+json' })
    for (const mediaType of ['application/vnd.example.thing+json', MEDIA_TYPE.oci.layer]) {
      const { registry } = cache([{ ...blob(bytes, mediaType), absent: true }])
      registry.putManifest(REPOSITORY, bytes)
      const report = await check(registry)
      expect(report).toMatchObject({ findings: [], unchecked: [], manifests: { intact: 2 }, blobs: { intact: 0 } })
    }
  })

  it('is a missing blob or a missing manifest by its media type, if nothing is left of it', async () => {
    const [asLayer, asThing] = [layer('a'), blob(contentOf('b', 9), 'application/vnd.example.thing+json')]
    const { registry, links } = cache([asLayer, asThing])
    for (const { descriptor } of [asLayer, asThing]) {
      links.layers.delete(descriptor.digest)
      registry.blobs.delete(descriptor.digest)
    }
    expect(brief((await check(registry)).findings).sort()).toEqual([
      `error index-child-missing/revision-link-missing ${digestOf(asThing.bytes)} [cache]`,
      `error layer-missing/layer-link-missing ${digestOf(asLayer.bytes)} [cache]`,
    ])
  })

  it('is read once, even if a thousand descriptors name it', async () => {
    const thing = blob(contentOf('b', 9), 'application/vnd.example.thing+json')
    const { registry } = cache(Array(1000).fill(thing))
    const store = registry.store(REPOSITORY)
    await walk(REPOSITORY, store, RULES)
    expect(store.asked.blobs).toEqual([thing.descriptor.digest])
  })

  it('is no missing manifest at depth graph if it exists as a blob', async () => {
    const thing = blob(contentOf('b', 9), 'application/vnd.example.thing+json')
    const { registry } = cache([thing, layer('a')])
    expect(await check(registry, { depth: 'graph' })).toMatchObject({
      findings: [],
      unchecked: [],
      blobs: { intact: 0 },
    })
    registry.repository(REPOSITORY).layers.delete(thing.descriptor.digest)
    expect((await check(registry, { depth: 'graph' })).findings).toMatchObject([{ code: 'index-child-missing' }])
  })
})
