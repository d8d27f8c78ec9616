import { describe, expect, it } from 'vitest'
import { contentOf, describedBy, image, index, layer, MEDIA_TYPE } from '../../support/builders/images.ts'
import { memorySource } from '../../support/simulated/memory-source.ts'
import { eventsOf, REPOSITORY, type Scene, scanOptions, scene } from '../scene.ts'
import { outcomeOf, type Script, scanScripted } from './scripted-scan.ts'

const SOUND = { findings: [], tags: { latest: 'intact' }, unchecked: [], complete: true }

describe('the second look', () => {
  it('is not taken, nor waited for, if nothing is suspect', async () => {
    expect(await scanScripted(scene(), () => undefined)).toEqual({ ...SOUND, checks: 1, pauses: 0 })
  })

  it('is taken once, after a pause, if it finds the same again', async () => {
    const all = scene()
    const { digest } = all.arm64.config.descriptor
    all.registry.blobs.delete(digest)
    expect(await scanScripted(all, () => undefined)).toEqual({
      findings: [`error config-missing/blob-missing ${digest} [latest]`],
      tags: { latest: 'degraded' },
      unchecked: [],
      complete: true,
      checks: 2,
      pauses: 1,
    })
  })

  it('bypasses all caches and accepts any damage', async () => {
    const all = scene()
    all.registry.blobs.delete(all.arm64.config.descriptor.digest)
    const source = memorySource(all.registry)
    await eventsOf(source)
    expect(source.checks.map(({ how: { again, seenBefore } }) => ({ again, seenBefore }))).toEqual([
      { again: false, seenBefore: undefined },
      { again: true, seenBefore: undefined },
    ])
  })

  it('checks only suspect repositories', async () => {
    const all = scene()
    all.registry.push('sound', image('sound'), 'latest')
    all.registry.blobs.delete(all.arm64.config.descriptor.digest)
    const source = memorySource(all.registry)
    await eventsOf(source)
    expect(source.checks.map(({ repository, nth }) => `${repository} ${nth}`)).toEqual([
      `${REPOSITORY} 1`,
      'sound 1',
      `${REPOSITORY} 2`,
    ])
  })

  it.each([
    [
      'engine-dependent',
      (all: Scene) => all.registry.putManifest(REPOSITORY, Buffer.from('{"schemaVersion":1}'), 'old'),
    ],
    [
      'descriptor-mismatch/media-type',
      (all: Scene) => {
        const called = describedBy(all.arm64, { mediaType: MEDIA_TYPE.docker.image })
        all.registry.putManifest(REPOSITORY, index([called]).bytes, 'called')
      },
    ],
  ])('is not taken for %s, which cannot clear itself', async (code, change) => {
    const all = scene()
    change(all)
    const { findings, checks, pauses } = await scanScripted(all, () => undefined)
    expect([findings.length, checks, pauses]).toEqual([1, 1, 0])
    expect(findings[0]).toContain(code)
  })
})

describe('what was suspect and', () => {
  it('is intact now counts as intact: a manifest whose revision link was on its way', async () => {
    const all = scene()
    const { digest } = all.arm64.descriptor
    all.links.revisions.delete(digest)
    all.links.layers.set(digest, digest)
    const end = await scanScripted(
      all,
      (_, nth) => {
        if (nth === 2) all.links.revisions.set(digest, digest)
      },
      { engine: '3' },
    )
    expect(end).toEqual({ ...SOUND, checks: 2, pauses: 1 })
  })

  it('is intact now counts as intact: a blob that appears while it is pushed', async () => {
    const all = scene()
    const { descriptor, bytes } = all.arm64.config
    all.registry.blobs.delete(descriptor.digest)
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.registry.blobs.set(descriptor.digest, bytes)
    })
    expect(end).toEqual({ ...SOUND, checks: 2, pauses: 1 })
  })

  it('is intact now counts as intact: a file that was written in place and empty for a moment', async () => {
    const all = scene()
    const { descriptor, bytes } = all.multi
    all.registry.blobs.set(descriptor.digest, Buffer.alloc(0))
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.registry.blobs.set(descriptor.digest, bytes)
    })
    expect(end).toEqual({ ...SOUND, checks: 2, pauses: 1 })
  })

  it('is no longer reached is dropped: the tag moved to a new image', async () => {
    const all = scene()
    all.registry.blobs.delete(all.arm64.config.descriptor.digest)
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.registry.push(REPOSITORY, image('new'), 'latest')
    })
    expect(end).toMatchObject({ tags: { latest: 'intact' }, checks: 2 })
    expect(end.findings).toEqual([`warning config-missing/blob-missing ${all.arm64.config.descriptor.digest} []`])
  })

  it('no longer exists is dropped: the tag and its revisions were deleted', async () => {
    const all = scene()
    all.links.tags.set('bad', '')
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.links.tags.delete('bad')
    })
    expect(end).toEqual({ ...SOUND, checks: 2, pauses: 1 })
  })

  it('cannot be read now is unchecked', async () => {
    const all = scene()
    const { digest } = all.arm64.config.descriptor
    all.registry.blobs.delete(digest)
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.registry.unreadable.set(all.registry.at.data(digest), 'STORE_TIMEOUT')
    })
    expect(end).toEqual({
      findings: [],
      tags: { latest: 'unchecked' },
      unchecked: [`STORE_TIMEOUT ${digest}`],
      complete: false,
      checks: 2,
      pauses: 1,
    })
  })

  it('is damaged in another way now is reported as it is now', async () => {
    const all = scene()
    const { digest } = all.arm64.config.descriptor
    all.registry.blobs.set(digest, Buffer.from('x'))
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.registry.blobs.delete(digest)
    })
    expect(end.findings).toEqual([`error config-missing/blob-missing ${digest} [latest]`])
    expect(end.checks).toBe(2)
  })
})

describe('a tag that moves between looks', () => {
  /** Each look finds `latest` at a new image whose layer is missing, until it is whole. */
  function moving(all: Scene, wholeFrom: number): Script {
    return (_, nth) => {
      const lost = layer(`layer ${nth}`)
      const node = image(`image ${nth}`, { layers: [lost] })
      all.links.revisions.clear()
      all.links.layers.clear()
      all.registry.push(REPOSITORY, node, 'latest')
      if (nth < wholeFrom) all.registry.blobs.delete(lost.descriptor.digest)
    }
  }

  it('and is intact at the last look counts as intact', async () => {
    const all = scene()
    expect(await scanScripted(all, moving(all, 2))).toEqual({ ...SOUND, checks: 2, pauses: 1 })
    const third = scene()
    expect(await scanScripted(third, moving(third, 3))).toEqual({ ...SOUND, checks: 3, pauses: 2 })
  })

  it('and is new damage at each look is unchecked after the third', async () => {
    const all = scene()
    const end = await scanScripted(all, moving(all, 9))
    const last = layer('layer 3').descriptor.digest
    expect(end).toEqual({
      findings: [],
      tags: { latest: 'unchecked' },
      unchecked: [`MOVED ${last}`],
      complete: false,
      checks: 3,
      pauses: 2,
    })
  })

  it('does not clear what was seen twice beside it', async () => {
    const all = scene()
    all.registry.push(REPOSITORY, image('steady'), 'steady')
    const { digest } = image('steady').config.descriptor
    all.registry.blobs.delete(digest)
    let node = image('moving 0')
    const end = await scanScripted(all, (_, nth) => {
      node = image(`moving ${nth}`)
      all.registry.push(REPOSITORY, node, 'moving')
      all.registry.blobs.delete(node.config.descriptor.digest)
    })
    expect(end.findings).toContain(`error config-missing/blob-missing ${digest} [steady]`)
    expect(end.tags).toEqual({ latest: 'intact', moving: 'unchecked', steady: 'unpullable' })
    expect(end.unchecked).toEqual([`MOVED ${node.config.descriptor.digest}`])
  })
})

describe('content that is hashed after the walk', () => {
  it('marks the repositories that need it as suspect', async () => {
    const all = scene()
    const { digest } = all.arm64.config.descriptor
    all.registry.blobs.set(digest, contentOf('other', all.arm64.config.bytes.byteLength))
    const source = memorySource(all.registry, {
      settle: async () => new Map([[REPOSITORY, new Set<string>([digest])]]),
    })
    const looked = source.check.bind(source)
    const first = scanOptions({ allTags: false, rules: { depth: 'content' } })
    source.check = (repository, how) =>
      looked(repository, how.again ? how : { ...how, rules: { ...how.rules, depth: 'blobs' } })
    const events = await eventsOf(source, first)
    expect(outcomeOf(events).findings).toEqual([`error blob-digest-mismatch/altered ${digest} [latest]`])
    expect(events.at(-1)).toMatchObject({
      totals: { repositories: 1, manifests: { intact: 3 }, blobs: { damaged: 1 } },
    })
    expect(source.checks).toHaveLength(2)
  })

  it('is not read at another depth', async () => {
    const { registry } = scene()
    const source = memorySource(registry, { settle: () => Promise.reject(new Error('asked')) })
    expect(outcomeOf(await eventsOf(source))).toEqual(SOUND)
  })
})
