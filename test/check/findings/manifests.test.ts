import { describe, expect, it } from 'vitest'
import { artifact, describedBy, image, index, json, layer, MEDIA_TYPE } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { brief, check, REPOSITORY, type Scene, scene, verdicts } from '../scene.ts'

const flipped = (bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(bytes)
  copy[copy.length - 2] = (copy[copy.length - 2] ?? 0) ^ 1
  return copy
}

describe('a child of an index that is not served', () => {
  const child = ({ multi, arm64 }: Scene) => ({
    code: 'index-child-missing',
    severity: 'error',
    repository: REPOSITORY,
    digest: arm64.descriptor.digest,
    tags: ['latest'],
    parents: [multi.descriptor.digest],
    platforms: ['linux/arm64'],
  })

  it('was removed by a garbage collection: its bytes and its layers show how much is left', async () => {
    const all = scene()
    const { registry, links, arm64 } = all
    links.revisions.delete(arm64.descriptor.digest)
    registry.blobs.delete(arm64.config.descriptor.digest)
    const report = await check(registry)
    const evidence = {
      path: registry.at.revisionLink(REPOSITORY, arm64.descriptor.digest),
      revisionDirectory: 'gone',
      survivingManifest: registry.at.data(arm64.descriptor.digest),
      survivingMediaType: MEDIA_TYPE.oci.image,
      namedBlobs: 3,
      presentBlobs: 2,
    }
    const salvage = expect.objectContaining({ digest: arm64.descriptor.digest, isWhole: false, named: 3, present: 2 })
    expect(report.findings).toEqual([{ ...child(all), cause: 'revision-link-missing', evidence, salvage }])
    expect(verdicts(report)).toEqual({ latest: 'degraded' })
    expect(report.manifests).toEqual({ intact: 2, damaged: 1, unchecked: 0, skipped: 0 })
    expect(report.blobs).toEqual({ intact: 3, damaged: 0, unchecked: 0, skipped: 0 })
  })

  it('has a bad link', async () => {
    const all = scene()
    all.links.revisions.set(all.arm64.descriptor.digest, 'sha256:')
    const { findings } = await check(all.registry)
    expect(findings).toMatchObject([
      { ...child(all), cause: 'revision-link-invalid', evidence: { content: '"sha256:"', presentBlobs: 3 } },
    ])
  })

  it('has lost its bytes, so what it named is unknown', async () => {
    const all = scene()
    const { registry, arm64 } = all
    registry.blobs.delete(arm64.descriptor.digest)
    const { findings } = await check(registry)
    const link = registry.at.revisionLink(REPOSITORY, arm64.descriptor.digest)
    const evidence = { link, path: registry.at.data(arm64.descriptor.digest) }
    expect(findings).toEqual([{ ...child(all), cause: 'manifest-missing', evidence }])
  })

  it('has a link that names what is not stored, while its own bytes are', async () => {
    const all = scene()
    const { registry, links, arm64 } = all
    links.revisions.set(arm64.descriptor.digest, image('never').descriptor.digest)
    const { findings } = await check(registry)
    const survivingManifest = registry.at.data(arm64.descriptor.digest)
    expect(findings).toMatchObject([
      { ...child(all), cause: 'manifest-missing', evidence: { survivingManifest, namedBlobs: 3, presentBlobs: 3 } },
    ])
  })

  it('is reported once, with every tag and every index that leads to it', async () => {
    const all = scene()
    const { registry, links, arm64, multi } = all
    const other = index([arm64, image('riscv', { platform: 'linux/riscv64' })])
    registry.push(REPOSITORY, other, 'other')
    links.tags.set('again', multi.descriptor.digest)
    registry.blobs.delete(arm64.descriptor.digest)
    const { findings } = await check(registry)
    const parents = [multi.descriptor.digest, other.descriptor.digest].sort()
    expect(findings).toMatchObject([{ ...child(all), tags: ['again', 'latest', 'other'], parents }])
  })

  it('is a warning if no tag reaches the index', async () => {
    const all = scene()
    all.links.tags.delete('latest')
    all.links.revisions.delete(all.arm64.descriptor.digest)
    const { findings } = await check(all.registry)
    expect(findings).toMatchObject([{ ...child(all), severity: 'warning', tags: [] }])
  })

  it('and is its own tag as well, is missed by both', async () => {
    const { registry, links, arm64 } = scene()
    links.tags.set('arm', arm64.descriptor.digest)
    registry.blobs.delete(arm64.descriptor.digest)
    const report = await check(registry)
    expect(brief(report.findings)).toEqual([
      'error tag-dangling/manifest-missing arm [arm]',
      `error index-child-missing/manifest-missing ${arm64.descriptor.digest} [arm latest]`,
    ])
    expect(report.findings[0]?.platforms).toEqual(['linux/arm64'])
    expect(verdicts(report)).toEqual({ arm: 'unpullable', latest: 'degraded' })
  })

  it('is not reported if the child is a subject, or in a missing list', async () => {
    const registry = new MemoryRegistry()
    const subject = { mediaType: MEDIA_TYPE.oci.image, digest: image('never').descriptor.digest, size: 1 }
    registry.push(REPOSITORY, artifact('signature', 'application/vnd.example.sig', { fields: { subject } }), 'sig')
    registry.push(REPOSITORY, index([]), 'empty')
    const report = await check(registry)
    expect([report.findings, verdicts(report)]).toEqual([[], { sig: 'intact', empty: 'intact' }])
  })
})

describe('a manifest that does not match its digest', () => {
  const damaged = ({ multi, arm64 }: Scene) => ({
    code: 'manifest-damaged',
    severity: 'error',
    repository: REPOSITORY,
    digest: arm64.descriptor.digest,
    tags: ['latest'],
    parents: [multi.descriptor.digest],
    platforms: ['linux/arm64'],
  })

  it('was replaced by another that its link names', async () => {
    const all = scene()
    const { registry, links, amd64, arm64 } = all
    links.revisions.set(arm64.descriptor.digest, amd64.descriptor.digest)
    const report = await check(registry)
    const evidence = {
      link: registry.at.revisionLink(REPOSITORY, arm64.descriptor.digest),
      path: registry.at.data(amd64.descriptor.digest),
      ownPath: registry.at.data(arm64.descriptor.digest),
      linkNames: amd64.descriptor.digest,
      measuredDigest: amd64.descriptor.digest,
      measuredSize: amd64.bytes.byteLength,
    }
    const salvage = expect.objectContaining({ digest: arm64.descriptor.digest, isWhole: true, named: 3, present: 3 })
    expect(report.findings).toEqual([{ ...damaged(all), cause: 'wrong-link', evidence, salvage }])
    expect(verdicts(report)).toEqual({ latest: 'degraded' })
    expect(report.manifests).toMatchObject({ intact: 2, damaged: 1 })
  })

  it.each([
    ['is empty', 'empty', () => Buffer.alloc(0)],
    ['was cut short', 'digest-mismatch', (bytes: Buffer) => bytes.subarray(0, 40)],
    ['has a wrong byte and is no JSON any more', 'digest-mismatch', flipped],
    [
      'has another byte and is JSON all the same',
      'digest-mismatch',
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.from(' ')]),
    ],
  ] as const)('%s', async (_, cause, damage) => {
    const all = scene()
    const { registry, arm64 } = all
    registry.blobs.set(arm64.descriptor.digest, damage(arm64.bytes))
    const report = await check(registry)
    const evidence = {
      link: registry.at.revisionLink(REPOSITORY, arm64.descriptor.digest),
      path: registry.at.data(arm64.descriptor.digest),
      measuredDigest: expect.stringMatching(/^sha256:/),
      measuredSize: damage(arm64.bytes).byteLength,
    }
    expect(report.findings).toEqual([{ ...damaged(all), cause, evidence }])
    expect(verdicts(report)).toEqual({ latest: 'degraded' })
  })

  it.each([
    ['unparsable', { schemaVersion: 2, layers: {} }, 'layers is not a list', 'registry'],
    ['unparsable', { schemaVersion: 2, layers: [] }, 'config is not an object', 'client'],
    ['ambiguous', { schemaVersion: 2, manifests: [], layers: [] }, 'both manifests and layers', 'client'],
    ['media-type-refused', { schemaVersion: 2, mediaType: 'application/x' }, 'application/x', 'registry'],
  ])('has the right hash and is %s: %j', async (cause, document, refusal, refusedBy) => {
    const registry = new MemoryRegistry()
    const digest = registry.putManifest(REPOSITORY, json(document), 'odd')
    const report = await check(registry)
    const evidence = {
      link: registry.at.revisionLink(REPOSITORY, digest),
      path: registry.at.data(digest),
      measuredDigest: digest,
      measuredSize: json(document).byteLength,
      refusal,
      refusedBy,
    }
    const finding = { code: 'manifest-damaged', cause, severity: 'error', repository: REPOSITORY, digest, evidence }
    expect(report.findings).toEqual([{ ...finding, tags: ['odd'], parents: [], platforms: [] }])
    expect(verdicts(report)).toEqual({ odd: 'unpullable' })
  })

  it('is a warning if no tag reaches it', async () => {
    const { registry } = scene()
    const digest = registry.push(REPOSITORY, image('untagged'))
    registry.blobs.set(digest, Buffer.from('{}'))
    const report = await check(registry)
    expect(brief(report.findings)).toContain(`warning manifest-damaged/digest-mismatch ${digest} []`)
    expect(verdicts(report)).toEqual({ latest: 'intact' })
  })

  it('is reported once: what its damaged bytes still name is no orphan', async () => {
    const { registry, arm64 } = scene()
    registry.blobs.set(arm64.descriptor.digest, Buffer.concat([arm64.bytes, Buffer.from(' ')]))
    for (const { descriptor } of arm64.layers) registry.blobs.delete(descriptor.digest)
    const { findings } = await check(registry)
    expect(findings.map(({ code }) => code)).toEqual(['manifest-damaged'])
  })

  it('is not reported if a child of an unknown type is no manifest at all', async () => {
    const registry = new MemoryRegistry()
    const { arm64 } = scene()
    const sbom = layer('sbom', 30, 'application/vnd.example.sbom')
    registry.putManifest(REPOSITORY, sbom.bytes)
    const odd = describedBy(image('odd'), { ...sbom.descriptor, platform: undefined })
    registry.push(REPOSITORY, arm64)
    registry.putManifest(REPOSITORY, index([arm64, odd]).bytes, 'latest')
    const report = await check(registry)
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
    expect(report.manifests).toEqual({ intact: 3, damaged: 0, unchecked: 0, skipped: 0 })
  })

  it('is reported if such a child is not intact', async () => {
    const registry = new MemoryRegistry()
    const bytes = Buffer.from('not a manifest')
    const digest = registry.putManifest(REPOSITORY, bytes)
    const child = { digest, size: bytes.byteLength, mediaType: 'application/vnd.example' }
    registry.putManifest(REPOSITORY, index([], { fields: { manifests: [child] } }).bytes, 'latest')
    registry.blobs.set(digest, Buffer.from('not a manifesT'))
    expect(brief((await check(registry)).findings)).toEqual([
      `error manifest-damaged/digest-mismatch ${digest} [latest]`,
    ])
  })

  it('is reported if another index names that child as a manifest', async () => {
    const registry = new MemoryRegistry()
    const bytes = Buffer.from('not a manifest')
    const digest = registry.putManifest(REPOSITORY, bytes, 'tagged')
    const child = { digest, size: bytes.byteLength }
    const asUnknown = index([], { fields: { manifests: [{ ...child, mediaType: 'application/vnd.example' }] } })
    const asImage = index([], { fields: { manifests: [{ ...child, mediaType: MEDIA_TYPE.oci.image }] } })
    registry.putManifest(REPOSITORY, asUnknown.bytes, 'a')
    expect(brief((await check(registry)).findings)).toEqual([`error manifest-damaged/unparsable ${digest} [a tagged]`])
    registry.repository(REPOSITORY).tags.delete('tagged')
    expect((await check(registry)).findings).toEqual([])
    registry.putManifest(REPOSITORY, asImage.bytes, 'b')
    expect(brief((await check(registry)).findings)).toEqual([`error manifest-damaged/unparsable ${digest} [a b]`])
  })
})
