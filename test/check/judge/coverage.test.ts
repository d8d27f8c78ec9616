import { describe, expect, it } from 'vitest'
import { coverageOf } from '../../../src/check/judge/coverage.ts'
import type { Coverage } from '../../../src/check/records.ts'
import type { ManifestFact } from '../../../src/check/walk/graph.ts'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import { readManifest } from '../../../src/oci/manifest.ts'
import { image } from '../../support/builders/images.ts'
import { type MemorySourceOptions, memorySource } from '../../support/simulated/memory-source.ts'
import { check, eventsOf, only, REPOSITORY, scanOptions, scene } from '../scene.ts'

const sizeOf = (...objects: readonly { readonly bytes: Uint8Array }[]): number =>
  objects.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)

describe('the coverage of one look', () => {
  it('counts each object once, however many tags and parents name it', async () => {
    const { registry, amd64 } = scene()
    registry.push(REPOSITORY, amd64, 'also')
    const { coverage } = await check(registry)
    expect(coverage.checked).toEqual({ indexes: 1, manifests: 2, configs: 2, layers: 4, layerLinks: 6 })
  })

  it('counts damaged and missing objects, but not unreadable ones', async () => {
    const { registry, links, amd64, arm64 } = scene()
    registry.blobs.delete(amd64.config.descriptor.digest)
    registry.unreadable.set(registry.at.data(arm64.layers[0]?.descriptor.digest ?? ''), 'STORE_DENIED')
    links.revisions.delete(arm64.descriptor.digest)
    const lost = await check(registry)
    expect(lost.coverage.checked).toEqual({ indexes: 1, manifests: 2, configs: 1, layers: 2, layerLinks: 6 })
    links.revisions.set(arm64.descriptor.digest, arm64.descriptor.digest)
    const { coverage, unchecked } = await check(registry)
    expect(coverage.checked).toEqual({ indexes: 1, manifests: 2, configs: 2, layers: 3, layerLinks: 6 })
    expect(unchecked).toMatchObject([{ kind: 'layer' }])
    registry.unreadable.set(registry.at.data(arm64.config.descriptor.digest), 'STORE_DENIED')
    expect((await check(registry)).coverage.checked).toMatchObject({ configs: 1, layers: 3 })
  })

  it('counts no blob at depth graph', async () => {
    const { coverage } = await check(scene().registry, { depth: 'graph' })
    expect(coverage).toMatchObject({ checked: { indexes: 1, configs: 0, layers: 0, layerLinks: 0 }, blobBytes: 0 })
  })

  it('counts no bytes that an earlier run read', () => {
    const { amd64 } = scene()
    const manifest = readManifest(amd64.bytes)
    if (manifest.is === 'refused') throw new Error(manifest.detail)
    const read = { is: 'read', manifest, bytes: 10, linkedAsLayer: false, evidence: {} } as const
    const nothing = new Map<never, never>()
    const graph = {
      repository: 'r',
      tags: nothing,
      blobs: nothing,
      strayLinks: nothing,
      below: nothing,
      unreadable: [],
    }
    const manifests = new Map<Digest, ManifestFact>([
      [parseDigest(`sha256:${'0'.repeat(64)}`), read],
      [parseDigest(`sha256:${'1'.repeat(64)}`), { ...read, remembered: true }],
    ])
    const totals = { intact: 2, damaged: 0, unchecked: 0, skipped: 0 }
    const covered = coverageOf({ ...graph, manifests }, { manifests: totals, blobs: totals, checkedConfigs: 0 })
    expect(covered.manifestBytes).toBe(10)
  })

  it('does not count what is allowed to be missing', async () => {
    const { registry, amd64 } = scene()
    registry.blobs.delete(amd64.config.descriptor.digest)
    const { coverage } = await check(registry, { pullThrough: true })
    expect(coverage.checked).toMatchObject({ configs: 1, layers: 4 })
  })
})

describe('the coverage of a scan', () => {
  const covered = async (
    options: MemorySourceOptions = {},
    how: Parameters<typeof scanOptions>[0] = {},
  ): Promise<Coverage> => {
    const { registry } = scene()
    const single = image('single')
    registry.push('other', single, 'latest')
    const [end] = only(await eventsOf(memorySource(registry, options), scanOptions(how)), 'summary')
    return end?.coverage as Coverage
  }
  const { amd64, arm64, multi } = scene()
  const manifestBytes = sizeOf(amd64, arm64, multi, image('single'))

  it('is the sum of its repositories, with or without findings', async () => {
    const sum = { indexes: 1, manifests: 3, configs: 3, layers: 6, layerLinks: 9 }
    for (const allTags of [true, false])
      expect(await covered({}, { allTags })).toMatchObject({ checked: sum, checkedBytes: manifestBytes })
  })

  it('includes the bytes that the first looks deferred', async () => {
    const settle: MemorySourceOptions['settle'] = async (onProgress) => {
      onProgress(1000, 3000)
      onProgress(3000, 3000)
      return new Map()
    }
    const { checkedBytes } = await covered({ settle }, { rules: { depth: 'content' } })
    expect(checkedBytes).toBe(manifestBytes + 3000)
  })

  it('includes the bytes of blobs that are read at once', async () => {
    const { registry } = scene()
    const source = { ...memorySource(registry), kind: 'api' } as const
    const [end] = only(await eventsOf(source, scanOptions({ rules: { depth: 'content' } })), 'summary')
    const blobs = [amd64, arm64].flatMap(({ config, layers }) => [config, ...layers])
    expect(end?.coverage.checkedBytes).toBe(sizeOf(amd64, arm64, multi, ...blobs))
    const [above] = only(await eventsOf(source), 'summary')
    expect(above?.coverage.checkedBytes).toBe(sizeOf(amd64, arm64, multi))
  })

  it('includes the size of the store, if all of it was listed', async () => {
    const storage = { blobs: 7, bytes: 70 }
    const garbage = async () => ({ findings: [], unchecked: [], storage })
    expect(await covered({ garbage }, { garbage: true })).toMatchObject({ storage })
    expect(await covered({})).not.toHaveProperty('storage')
  })

  it('includes the duration of each stage that ran', async () => {
    let now = 0
    const clock = (): number => now
    const before = (): void => {
      now += 5
    }
    expect((await covered({ before }, { clock })).durations).toEqual({ walk: 10 })
    const settle = async () => {
      now += 7
      return new Map([['other', new Set(['sha256:0'])]])
    }
    const garbage = async () => {
      now += 3
      return { findings: [], unchecked: [] }
    }
    const all = await covered({ before, settle, garbage }, { clock, garbage: true, rules: { depth: 'content' } })
    expect(all.durations).toEqual({ walk: 10, content: 7, 'second-look': 5, garbage: 3 })
    expect((await covered({ before })).durations).toEqual({})
  })
})
