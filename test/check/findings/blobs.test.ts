import { describe, expect, it } from 'vitest'
import {
  artifact,
  blob,
  contentOf,
  describedBy,
  digestOf,
  image,
  layer,
  MEDIA_TYPE,
} from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { brief, check, REPOSITORY, scene, verdicts } from '../scene.ts'

/** One image under `latest`, and its second layer, which tests damage. */
function single() {
  const registry = new MemoryRegistry()
  const base = layer('base', 100)
  const damaged = layer('damaged', 200)
  const node = image('single', { layers: [base, damaged] })
  registry.push(REPOSITORY, node, 'latest')
  const links = registry.repository(REPOSITORY)
  const { digest } = damaged.descriptor
  const common = { repository: REPOSITORY, severity: 'error', tags: ['latest'], parents: [node.descriptor.digest] }
  const paths = { link: registry.at.layerLink(REPOSITORY, digest), path: registry.at.data(digest) }
  return { registry, links, node, base, damaged, digest, paths, common: { ...common, platforms: [] } }
}

describe('a layer that is not to be had', () => {
  it.each([[true], [false]])('has no link, and its bytes are stored: %s', async (stored) => {
    const { registry, links, digest, paths, common } = single()
    links.layers.delete(digest)
    if (!stored) registry.blobs.delete(digest)
    const report = await check(registry)
    const evidence = { path: paths.link, blobStored: stored, blobPath: paths.path, claimedSize: 200 }
    expect(report.findings).toEqual([
      { code: 'layer-missing', cause: 'layer-link-missing', ...common, digest, evidence },
    ])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
    expect(report.manifests).toEqual({ intact: 1, damaged: 0, unchecked: 0, skipped: 0 })
    expect(report.blobs).toEqual({ intact: 2, damaged: 1, unchecked: 0, skipped: 0 })
  })

  it('has an empty link', async () => {
    const { registry, links, digest, paths, common } = single()
    links.layers.set(digest, '')
    const { findings } = await check(registry)
    const evidence = { path: paths.link, blobStored: true, blobPath: paths.path, content: '""', claimedSize: 200 }
    expect(findings).toEqual([{ code: 'layer-missing', cause: 'layer-link-invalid', ...common, digest, evidence }])
  })

  it('has a link and no bytes', async () => {
    const { registry, digest, paths, common } = single()
    registry.blobs.delete(digest)
    const { findings } = await check(registry)
    const evidence = { ...paths, claimedSize: 200 }
    expect(findings).toEqual([{ code: 'layer-missing', cause: 'blob-missing', ...common, digest, evidence }])
  })

  it('has a directory in place of its bytes', async () => {
    const { registry, digest, paths, common } = single()
    registry.blobs.set(digest, 'a directory')
    const { findings } = await check(registry)
    const evidence = { ...paths, dataIs: 'a directory', claimedSize: 200 }
    expect(findings).toEqual([{ code: 'layer-missing', cause: 'blob-missing', ...common, digest, evidence }])
  })

  it.each(['layer-link-missing', 'layer-link-invalid', 'blob-missing'])('is a config by %s', async (cause) => {
    const { registry, links, node, common } = single()
    const { digest } = node.config.descriptor
    if (cause === 'layer-link-missing') links.layers.delete(digest)
    else if (cause === 'layer-link-invalid') links.layers.set(digest, 'x')
    else registry.blobs.delete(digest)
    const { findings } = await check(registry)
    expect(findings).toMatchObject([{ code: 'config-missing', cause, ...common, digest }])
  })

  it('is reported once, with the platform, the manifests and the tags that need it', async () => {
    const registry = new MemoryRegistry()
    const shared = layer('shared')
    const [a, b] = [image('a', { layers: [shared] }), image('b', { layers: [shared] })]
    registry.push(REPOSITORY, a, 'a')
    registry.push(REPOSITORY, b, 'b')
    registry.blobs.delete(shared.descriptor.digest)
    const { findings } = await check(registry)
    const parents = [a.descriptor.digest, b.descriptor.digest].sort()
    expect(findings).toMatchObject([{ code: 'layer-missing', tags: ['a', 'b'], parents }])
  })

  it('is a warning if no tag reaches it', async () => {
    const { registry, links, digest } = single()
    links.tags.clear()
    registry.blobs.delete(digest)
    expect(brief((await check(registry)).findings)).toEqual([`warning layer-missing/blob-missing ${digest} []`])
  })

  it('is not reported if it is foreign, by its type or by its urls', async () => {
    const registry = new MemoryRegistry()
    const byType = { ...layer('foreign', 50, MEDIA_TYPE.foreign), absent: true as const }
    const bytes = contentOf('urls', 60)
    const byUrls = { ...blob(bytes, MEDIA_TYPE.oci.layer, { urls: ['https://example.com/'] }), absent: true as const }
    registry.push(REPOSITORY, image('foreign', { layers: [byType, byUrls] }), 'latest')
    const report = await check(registry)
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
    expect(report.blobs).toEqual({ intact: 1, damaged: 0, unchecked: 0, skipped: 0 })
  })

  it('is reported if another manifest needs the foreign layer stored', async () => {
    const registry = new MemoryRegistry()
    const foreign = { ...layer('foreign', 50, MEDIA_TYPE.foreign), absent: true as const }
    const asOwn = { ...foreign, descriptor: { ...foreign.descriptor, mediaType: MEDIA_TYPE.oci.layer } }
    registry.push(REPOSITORY, image('foreign', { layers: [foreign] }), 'foreign')
    const own = registry.push(REPOSITORY, image('own', { layers: [asOwn] }), 'own')
    const report = await check(registry)
    expect(report.findings).toMatchObject([{ code: 'layer-missing', tags: ['own'], parents: [own] }])
    expect(verdicts(report)).toEqual({ foreign: 'intact', own: 'unpullable' })
    expect(report.blobs).toMatchObject({ damaged: 1 })
  })

  it('is reported if the link of a foreign layer is bad: the registry answers 500', async () => {
    const registry = new MemoryRegistry()
    const foreign = { ...layer('foreign', 50, MEDIA_TYPE.foreign), absent: true as const }
    registry.push(REPOSITORY, image('foreign', { layers: [foreign] }), 'latest')
    registry.repository(REPOSITORY).layers.set(foreign.descriptor.digest, '')
    const report = await check(registry)
    expect(report.findings).toMatchObject([{ code: 'layer-missing', cause: 'layer-link-invalid' }])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
  })
})

describe('a layer whose bytes are wrong', () => {
  it.each([
    ['empty', 0],
    ['truncated', 199],
    ['extended', 201],
  ])('is %s', async (cause, size) => {
    const { registry, digest, paths, common } = single()
    const bytes = contentOf('other', size)
    registry.blobs.set(digest, bytes)
    const report = await check(registry)
    const evidence = { ...paths, measuredSize: size, measuredDigest: digestOf(bytes), claimedSize: 200 }
    expect(report.findings).toEqual([{ code: 'blob-size-mismatch', cause, ...common, digest, evidence }])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
    expect(report.blobs).toMatchObject({ intact: 2, damaged: 1 })
  })

  it('is altered, which only depth content sees', async () => {
    const { registry, digest, paths, common } = single()
    const bytes = contentOf('other', 200)
    registry.blobs.set(digest, bytes)
    expect((await check(registry)).findings).toEqual([])
    const { findings } = await check(registry, { depth: 'content' })
    const evidence = { ...paths, measuredSize: 200, measuredDigest: digestOf(bytes), claimedSize: 200 }
    expect(findings).toEqual([{ code: 'blob-digest-mismatch', cause: 'altered', ...common, digest, evidence }])
  })

  it('is altered, and found at every depth if the size differs from any claim', async () => {
    const registry = new MemoryRegistry()
    const right = layer('shared', 100)
    registry.push(REPOSITORY, image('good', { layers: [right] }), 'good')
    registry.push(REPOSITORY, image('bad', { layers: [describedBy(right, { size: 99 })] }), 'bad')
    registry.blobs.set(right.descriptor.digest, contentOf('other', 100))
    const report = await check(registry)
    expect(brief(report.findings)).toEqual([`error blob-digest-mismatch/altered ${right.descriptor.digest} [bad good]`])
    expect(verdicts(report)).toEqual({ bad: 'unpullable', good: 'unpullable' })
  })

  it('is another blob that its link names, whatever the sizes', async () => {
    const { registry, links, base, digest, paths, common } = single()
    const other = base.descriptor.digest
    links.layers.set(digest, other)
    const { findings } = await check(registry)
    const measured = { measuredSize: 100, measuredDigest: other, claimedSize: 200 }
    const own = { ownPath: paths.path, ownStored: true }
    const evidence = { ...paths, path: registry.at.data(other), ...own, ...measured, linkNames: other }
    expect(findings).toEqual([{ code: 'blob-digest-mismatch', cause: 'wrong-link', ...common, digest, evidence }])
  })

  it('is another blob of the same size, which no hash is needed to see', async () => {
    const registry = new MemoryRegistry()
    const [one, two] = [layer('one', 50), layer('two', 50)]
    registry.push(REPOSITORY, image('twins', { layers: [one, two] }), 'latest')
    registry.repository(REPOSITORY).layers.set(one.descriptor.digest, two.descriptor.digest)
    const { findings } = await check(registry)
    expect(brief(findings)).toEqual([`error blob-digest-mismatch/wrong-link ${one.descriptor.digest} [latest]`])
  })

  it('is altered and not of a claimed size, as a schema 1 layer is', async () => {
    const registry = new MemoryRegistry()
    const digest = registry.putBlob(REPOSITORY, Buffer.from('layer'))
    const document = { schemaVersion: 1, fsLayers: [{ blobSum: digest }] }
    registry.putManifest(REPOSITORY, Buffer.from(JSON.stringify(document)), 'old')
    registry.blobs.set(digest, Buffer.from('altered'))
    const { findings } = await check(registry, { depth: 'content' })
    expect(brief(findings.slice(1))).toEqual([`error blob-digest-mismatch/altered ${digest} [old]`])
  })

  it('is empty and not of a claimed size, as a schema 1 layer is', async () => {
    const registry = new MemoryRegistry()
    const digest = registry.putBlob(REPOSITORY, Buffer.from('layer'))
    const document = { schemaVersion: 1, fsLayers: [{ blobSum: digest }] }
    registry.putManifest(REPOSITORY, Buffer.from(JSON.stringify(document)), 'old')
    registry.blobs.set(digest, Buffer.alloc(0))
    const { findings } = await check(registry)
    expect(findings).toMatchObject([
      { code: 'engine-dependent' },
      { code: 'blob-size-mismatch', cause: 'empty', digest },
    ])
  })

  it('is not reported if the bytes are intact, including the empty blob and sha512', async () => {
    const { registry } = scene()
    const empty = blob(Buffer.alloc(0), MEDIA_TYPE.oci.layer)
    const long = layer('long', 70)
    const sha512 = { ...long, descriptor: { ...long.descriptor, digest: digestOf(long.bytes, 'sha512') } }
    registry.push(REPOSITORY, image('odd', { layers: [empty, sha512] }), 'odd')
    registry.push(REPOSITORY, artifact('chart', 'application/vnd.example.chart'), 'chart')
    for (const depth of ['blobs', 'content'] as const) {
      const report = await check(registry, { depth })
      expect([report.findings, report.unchecked]).toEqual([[], []])
      expect(verdicts(report)).toEqual({ chart: 'intact', latest: 'intact', odd: 'intact' })
    }
  })

  it('is reported if sha512 bytes are altered, or the empty blob is not empty', async () => {
    const registry = new MemoryRegistry()
    const empty = blob(Buffer.alloc(0), MEDIA_TYPE.oci.layer)
    const long = layer('long', 70)
    const sha512 = { ...long, descriptor: { ...long.descriptor, digest: digestOf(long.bytes, 'sha512') } }
    registry.push(REPOSITORY, image('odd', { layers: [empty, sha512] }), 'odd')
    registry.blobs.set(empty.descriptor.digest, Buffer.from('x'))
    registry.blobs.set(digestOf(long.bytes), contentOf('other', 70))
    expect(brief((await check(registry, { depth: 'content' })).findings)).toEqual([
      `error blob-size-mismatch/extended ${empty.descriptor.digest} [odd]`,
      `error blob-digest-mismatch/altered ${sha512.descriptor.digest} [odd]`,
    ])
    registry.blobs.delete(digestOf(long.bytes))
    expect(brief((await check(registry)).findings)).toEqual([
      `error blob-size-mismatch/extended ${empty.descriptor.digest} [odd]`,
      `error layer-missing/blob-missing ${sha512.descriptor.digest} [odd]`,
    ])
  })
})
