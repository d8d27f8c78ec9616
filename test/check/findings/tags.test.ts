import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/check/judge/judge.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import type { Digest } from '../../../src/oci/digest.ts'
import { digestOf, image } from '../../support/builders/images.ts'
import { brief, check, REPOSITORY, RULES, scene, verdicts } from '../scene.ts'

const dangling = { code: 'tag-dangling', severity: 'error', repository: REPOSITORY, parents: [], platforms: [] }

describe('a tag without a manifest', () => {
  it('is listed without a link', async () => {
    const { registry, links } = scene()
    links.tags.set('bare', null)
    const report = await check(registry)
    const path = registry.at.tagLink(REPOSITORY, 'bare')
    expect(report.findings).toEqual([
      { ...dangling, cause: 'link-missing', tag: 'bare', tags: ['bare'], evidence: { path } },
    ])
    expect(verdicts(report)).toEqual({ bare: 'unpullable', latest: 'intact' })
    expect(report.tags).toContainEqual({
      repository: REPOSITORY,
      tag: 'bare',
      digest: undefined,
      verdict: 'unpullable',
    })
  })

  it.each([
    ['nothing', ''],
    ['a newline after the digest', `${digestOf(Buffer.from('x'))}\n`],
    ['half a digest', 'sha256:0123'],
    ['an algorithm that no server knows', 'blake3:0123'],
    ['something else', 'hello'],
  ])('holds %s in its link', async (_, content) => {
    const { registry, links } = scene()
    links.tags.set('bad', content)
    const report = await check(registry)
    const evidence = {
      path: registry.at.tagLink(REPOSITORY, 'bad'),
      content: JSON.stringify(content),
      ...(content.endsWith('\n') && { lastPushed: content.trim() }),
    }
    expect(report.findings).toEqual([{ ...dangling, cause: 'link-invalid', tag: 'bad', tags: ['bad'], evidence }])
    expect(verdicts(report)).toEqual({ bad: 'unpullable', latest: 'intact' })
  })

  it('names a manifest that was never linked', async () => {
    const { registry, links } = scene()
    const digest = digestOf(Buffer.from('nowhere')) as Digest
    links.tags.set('old', digest)
    const report = await check(registry)
    const path = registry.at.revisionLink(REPOSITORY, digest)
    const evidence = { path, revisionDirectory: 'gone', digest }
    expect(report.findings).toEqual([
      { ...dangling, cause: 'revision-link-missing', tag: 'old', tags: ['old'], evidence },
    ])
    expect(report.tags).toContainEqual({ repository: REPOSITORY, tag: 'old', digest, verdict: 'unpullable' })
  })

  it('names a manifest that was deleted through the API, whose directory is left', async () => {
    const { registry, links } = scene()
    const digest = registry.push(REPOSITORY, image('deleted'), 'deleted')
    links.revisions.set(digest, null)
    const report = await check(registry)
    expect(brief(report.findings)).toEqual(['error tag-dangling/revision-link-missing deleted [deleted]'])
    expect(report.findings[0]?.evidence).toMatchObject({ revisionDirectory: 'empty' })
  })

  it('names a manifest whose own link is bad', async () => {
    const { registry, links } = scene()
    const digest = registry.push(REPOSITORY, image('bad'), 'bad')
    links.revisions.set(digest, '')
    const report = await check(registry)
    expect(brief(report.findings)).toEqual(['error tag-dangling/revision-link-invalid bad [bad]'])
    expect(report.findings[0]?.evidence).toMatchObject({ content: '""', digest })
  })

  it.each([['gone'], ['a directory']] as const)('names a manifest whose bytes are %s', async (what) => {
    const { registry } = scene()
    const digest = registry.push(REPOSITORY, image('bytes'), 'bytes')
    if (what === 'gone') registry.blobs.delete(digest)
    else registry.blobs.set(digest, what)
    const report = await check(registry)
    const link = registry.at.revisionLink(REPOSITORY, digest)
    const is = what === 'gone' ? {} : { dataIs: what }
    const evidence = { link, path: registry.at.data(digest), digest, ...is }
    expect(report.findings).toEqual([
      { ...dangling, cause: 'manifest-missing', tag: 'bytes', tags: ['bytes'], evidence },
    ])
    expect(verdicts(report)).toEqual({ bytes: 'unpullable', latest: 'intact' })
  })

  it('is reported once for each tag, because each tag is repaired separately', async () => {
    const { registry, links } = scene()
    const digest = registry.push(REPOSITORY, image('two'), 'b')
    links.tags.set('a', digest)
    links.revisions.delete(digest)
    const report = await check(registry)
    expect(brief(report.findings)).toEqual([
      'error tag-dangling/revision-link-missing a [a]',
      'error tag-dangling/revision-link-missing b [b]',
    ])
    expect(report.manifests).toMatchObject({ intact: 3, damaged: 1 })
  })

  it('is not reported nor counted if it was deleted between the listing and the look', async () => {
    const { registry, links } = scene()
    links.tags.set('brief', digestOf(Buffer.from('nowhere')))
    const store = registry.store(REPOSITORY)
    const { found } = await store.listTags()
    links.tags.delete('brief')
    store.listTags = async () => ({ found, unreadable: [] })
    const report = judge(await walk(REPOSITORY, store, RULES), RULES, true)
    expect([report.findings, report.unchecked, verdicts(report)]).toEqual([[], [], { latest: 'intact' }])
  })

  it('is not reported if nothing is wrong', async () => {
    const { registry, multi, amd64, arm64 } = scene()
    const report = await check(registry)
    expect(report).toEqual({
      repository: REPOSITORY,
      tags: [{ repository: REPOSITORY, tag: 'latest', digest: multi.descriptor.digest, verdict: 'intact' }],
      tagTotals: { intact: 1, degraded: 0, unpullable: 0, unchecked: 0 },
      manifests: { intact: 3, damaged: 0, unchecked: 0, skipped: 0 },
      blobs: { intact: 6, damaged: 0, unchecked: 0, skipped: 0 },
      manifestsNotReproved: 0,
      coverage: {
        checked: { indexes: 1, manifests: 2, configs: 2, layers: 4, layerLinks: 6 },
        manifestBytes: [multi, amd64, arm64].reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
        blobBytes: [amd64, arm64]
          .flatMap(({ config, layers }) => [config, ...layers])
          .reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
      },
      findings: [],
      unchecked: [],
    })
  })
})
