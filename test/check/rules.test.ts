import { describe, expect, it } from 'vitest'
import { digestOf, image, index, layer } from '../support/builders/images.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'
import { brief, check, REPOSITORY, scene, verdicts } from './scene.ts'

const nowhere = digestOf(Buffer.from('nowhere'))
const expired = digestOf(Buffer.from('expired'))
const NONE = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }

describe('in a pull-through cache', () => {
  const rules = { pullThrough: true }

  it('allows everything that is missing, and does not count it', async () => {
    const { registry, links, multi, amd64, arm64 } = scene()
    links.tags.set('linkless', null)
    links.tags.set('dead', nowhere)
    links.layers.set(expired, expired)
    links.revisions.set(nowhere, nowhere)
    links.revisions.delete(arm64.descriptor.digest)
    registry.blobs.delete(amd64.config.descriptor.digest)
    links.layers.delete(amd64.layers[0]?.descriptor.digest ?? '')
    const report = await check(registry, rules)
    expect([report.findings, report.unchecked]).toEqual([[], []])
    expect(verdicts(report)).toEqual({ dead: 'intact', latest: 'intact', linkless: 'intact' })
    expect(report.manifests).toEqual({ ...NONE, intact: 2 })
    expect(report.blobs).toEqual({ ...NONE, intact: 1 })
    expect(report.tags.find(({ tag }) => tag === 'latest')?.digest).toBe(multi.descriptor.digest)
  })

  it('reports bad links and wrong bytes as in any registry', async () => {
    const { registry, links, amd64, arm64 } = scene()
    const [base, app] = amd64.layers.map(({ descriptor }) => descriptor.digest)
    links.tags.set('bad', '')
    links.revisions.set(arm64.descriptor.digest, '')
    links.layers.set(base ?? '', '')
    registry.blobs.set(app ?? '', Buffer.from('x'))
    links.layers.set(nowhere, '')
    const report = await check(registry, rules)
    expect(brief(report.findings)).toEqual([
      'error tag-dangling/link-invalid bad [bad]',
      `error index-child-missing/revision-link-invalid ${arm64.descriptor.digest} [latest]`,
      `error layer-missing/layer-link-invalid ${base} [latest]`,
      `error blob-size-mismatch/truncated ${app} [latest]`,
      `warning link-invalid/layer-link-invalid ${nowhere} []`,
    ])
    expect(verdicts(report)).toEqual({ bad: 'unpullable', latest: 'unpullable' })
    expect(report.manifests).toEqual({ ...NONE, intact: 2, damaged: 1 })
    expect(report.blobs).toEqual({ ...NONE, intact: 1, damaged: 2 })
  })

  it('reports the same losses as errors in other registries', async () => {
    const { registry, links, arm64 } = scene()
    links.tags.set('linkless', null)
    links.layers.set(nowhere, nowhere)
    links.revisions.delete(arm64.descriptor.digest)
    expect(brief((await check(registry)).findings)).toEqual([
      'error tag-dangling/link-missing linkless [linkless]',
      `error index-child-missing/revision-link-missing ${arm64.descriptor.digest} [latest]`,
      `warning orphan-layer-link/blob-missing ${nowhere} []`,
    ])
  })
})

describe('in a repository declared sparse', () => {
  const rules = { sparse: true }

  it('an index may lack children', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.delete(arm64.descriptor.digest)
    const report = await check(registry, rules)
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
    expect(report.manifests).toEqual({ ...NONE, intact: 2 })
  })

  it('an index may lack all its children', async () => {
    const { registry, links, amd64, arm64 } = scene()
    links.revisions.delete(amd64.descriptor.digest)
    links.revisions.delete(arm64.descriptor.digest)
    expect(verdicts(await check(registry, rules))).toEqual({ latest: 'intact' })
  })

  it('checks the children that it has', async () => {
    const { registry, links, amd64, arm64 } = scene()
    links.revisions.delete(arm64.descriptor.digest)
    registry.blobs.delete(amd64.config.descriptor.digest)
    const report = await check(registry, rules)
    expect(report.findings).toMatchObject([{ code: 'config-missing', severity: 'error', tags: ['latest'] }])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
  })

  it('a tag may not lack its manifest, which counts as damaged', async () => {
    const { registry, links } = scene()
    links.tags.set('dead', nowhere)
    const report = await check(registry, rules)
    expect(brief(report.findings)).toEqual(['error tag-dangling/revision-link-missing dead [dead]'])
    expect(verdicts(report)).toMatchObject({ dead: 'unpullable' })
    expect(report.manifests).toEqual({ ...NONE, intact: 3, damaged: 1 })
  })

  it('a child with a bad link is not lacking: it is answered with 500, and stops garbage collection', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.set(arm64.descriptor.digest, '')
    const report = await check(registry, rules)
    expect(brief(report.findings)).toEqual([
      `error index-child-missing/revision-link-invalid ${arm64.descriptor.digest} [latest]`,
    ])
    expect(verdicts(report)).toEqual({ latest: 'degraded' })
  })
})

describe('if every revision counts', () => {
  const rules = { roots: 'revisions' } as const

  it('damage below an untagged one is an error', async () => {
    const registry = new MemoryRegistry()
    const lost = layer('lost')
    const node = image('x', { layers: [lost] })
    registry.push(REPOSITORY, index([node]))
    registry.blobs.delete(lost.descriptor.digest)
    const { digest } = lost.descriptor
    expect(brief((await check(registry, rules)).findings)).toEqual([`error layer-missing/blob-missing ${digest} []`])
    expect(brief((await check(registry)).findings)).toEqual([`warning layer-missing/blob-missing ${digest} []`])
  })

  it('counts a link without a target as a damaged object', async () => {
    const registry = new MemoryRegistry()
    const links = registry.repository(REPOSITORY)
    links.revisions.set(nowhere, nowhere)
    expect((await check(registry, rules)).manifests).toEqual({ ...NONE, damaged: 1 })
    expect((await check(registry)).manifests).toEqual(NONE)
  })

  it('does not count a directory that an API DELETE left', async () => {
    const registry = new MemoryRegistry()
    registry.repository(REPOSITORY).revisions.set(nowhere, null)
    const report = await check(registry, rules)
    expect([report.findings, report.manifests]).toEqual([[], NONE])
  })

  it('layer links that nothing needs stay warnings', async () => {
    const { registry, links } = scene()
    links.layers.set(nowhere, nowhere)
    expect(brief((await check(registry, rules)).findings)).toEqual([
      `warning orphan-layer-link/blob-missing ${nowhere} []`,
    ])
  })
})
