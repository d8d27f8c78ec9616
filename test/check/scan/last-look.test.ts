import { describe, expect, it } from 'vitest'
import { describedBy, digestOf, image, index, layer, MEDIA_TYPE } from '../../support/builders/images.ts'
import { REPOSITORY, type Scene, scene } from '../scene.ts'
import { type Script, scanScripted } from './scripted-scan.ts'

const nowhere = digestOf(Buffer.from('nowhere'))

describe('the last look', () => {
  /** One more config is missing at the second look, so that a third one is needed. */
  const disturb =
    (all: Scene): Script =>
    (_, nth) => {
      if (nth === 2) all.registry.blobs.delete(all.amd64.config.descriptor.digest)
    }

  it('keeps what two looks agree on', async () => {
    const all = scene()
    const first = all.arm64.config.descriptor.digest
    all.registry.blobs.delete(first)
    const end = await scanScripted(all, disturb(all))
    const second = all.amd64.config.descriptor.digest
    expect(end.findings).toEqual([
      `error config-missing/blob-missing ${second} [latest]`,
      `error config-missing/blob-missing ${first} [latest]`,
    ])
    expect(end).toMatchObject({ tags: { latest: 'unpullable' }, unchecked: [], complete: true, checks: 3 })
  })

  it('keeps a tag that was dangling in every look, on a manifest that never existed', async () => {
    const all = scene()
    all.links.tags.set('dead', nowhere)
    const end = await scanScripted(all, disturb(all))
    expect(end.findings).toContain('error tag-dangling/revision-link-missing dead [dead]')
    expect(end).toMatchObject({ tags: { dead: 'unpullable' }, unchecked: [], complete: true, checks: 3 })
  })

  it.each([
    [
      'a foreign layer',
      (all: Scene) => {
        const foreign = { ...layer('foreign', 50, MEDIA_TYPE.foreign), absent: true as const }
        all.registry.push(REPOSITORY, image('foreign', { layers: [foreign] }), 'other')
      },
      {},
    ],
    [
      'the directory of a revision that an API DELETE left',
      (all: Scene) => {
        all.links.revisions.set(nowhere, null)
        all.links.tags.set('other', all.multi.descriptor.digest)
      },
      {},
    ],
    [
      'a child that a sparse index lacks',
      (all: Scene) => {
        const missing = image('missing')
        all.links.tags.set('other', all.registry.push(REPOSITORY, image('sparse')))
        all.registry.putManifest(
          REPOSITORY,
          Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [missing.descriptor] })),
          'other',
        )
      },
      { sparse: true },
    ],
    [
      'what a cache has not fetched yet',
      (all: Scene) => {
        const node = image('partly')
        all.registry.push(REPOSITORY, node, 'other')
        all.registry.blobs.delete(node.config.descriptor.digest)
      },
      { pullThrough: true },
    ],
  ])('does not drop what is allowed: %s', async (_, change, rules) => {
    const all = scene()
    change(all)
    all.links.tags.set('bad', '')
    const end = await scanScripted(
      all,
      (_repository, nth) => {
        if (nth === 2) all.links.tags.set('worse', '')
      },
      rules,
    )
    expect(end).toMatchObject({
      tags: { bad: 'unpullable', latest: 'intact', other: 'intact', worse: 'unpullable' },
      unchecked: [],
      complete: true,
      checks: 3,
    })
  })

  it('does not clear what was seen twice below a manifest that only now is claimed with a wrong size', async () => {
    const all = scene()
    const { digest } = all.arm64.config.descriptor
    all.registry.push(REPOSITORY, all.arm64, 'arm')
    all.registry.blobs.delete(digest)
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.links.tags.set('worse', '')
      const wrong = index([describedBy(all.arm64, { size: 1 })])
      if (nth === 3) all.registry.putManifest(REPOSITORY, wrong.bytes, 'newest')
    })
    expect(end.findings).toContain(`error config-missing/blob-missing ${digest} [arm latest newest]`)
    expect(end.tags).toMatchObject({ arm: 'unpullable', latest: 'degraded' })
  })

  it('drops a new dangling tag, but not the loss that an older tag already showed', async () => {
    const all = scene()
    all.links.tags.set('dead', nowhere)
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.links.tags.set('worse', '')
      if (nth === 3) all.links.tags.set('newest', nowhere)
    })
    expect(end.tags).toEqual({ dead: 'unpullable', latest: 'intact', newest: 'unchecked', worse: 'unpullable' })
    expect(end.findings).toContain('error tag-dangling/revision-link-missing dead [dead]')
    expect(end.unchecked).toEqual(['MOVED newest'])
  })

  it('drops the loss of a child that no earlier look saw', async () => {
    const all = scene()
    const { digest } = all.arm64.descriptor
    const end = await scanScripted(all, (_, nth) => {
      if (nth < 3) all.links.tags.set(`bad-${nth}`, '')
      if (nth === 3) all.links.revisions.delete(digest)
    })
    expect(end.findings.filter((finding) => finding.includes('child'))).toEqual([])
    expect(end).toMatchObject({ tags: { latest: 'unchecked' }, unchecked: [`MOVED ${digest}`], complete: false })
  })

  it('keeps a new engine-dependent finding: no other look would clear it', async () => {
    const all = scene()
    const end = await scanScripted(all, (_, nth) => {
      if (nth < 3) all.links.tags.set(`bad-${nth}`, '')
      if (nth === 3) all.registry.putManifest(REPOSITORY, Buffer.from('{"schemaVersion":1}'), 'old')
    })
    expect(end.findings.some((finding) => finding.startsWith('warning engine-dependent/schema1'))).toBe(true)
    expect(end).toMatchObject({ tags: { old: 'intact' }, unchecked: [], complete: true })
  })

  it('drops a link that nothing needs and that no earlier look saw', async () => {
    const all = scene()
    all.links.tags.set('bad', '')
    const end = await scanScripted(all, (_, nth) => {
      if (nth === 2) all.links.tags.set('worse', '')
      if (nth === 3) all.links.layers.set(nowhere, '')
      if (nth === 3) all.links.tags.set('newest', '')
    })
    expect(end).toMatchObject({
      findings: ['error tag-dangling/link-invalid bad [bad]', 'error tag-dangling/link-invalid worse [worse]'],
      tags: { bad: 'unpullable', latest: 'intact', newest: 'unchecked', worse: 'unpullable' },
      unchecked: ['MOVED newest', `MOVED ${nowhere}`],
      complete: false,
    })
  })
})
