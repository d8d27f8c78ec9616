import { describe, expect, it } from 'vitest'
import { describedBy, digestOf, image, index, json, layer, MEDIA_TYPE } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { brief, check, REPOSITORY, scene, verdicts } from '../scene.ts'

const amd64 = image('amd64', { platform: 'linux/amd64' })
const arm64 = image('arm64', { platform: 'linux/arm64' })

/** A registry with this node under `latest`. */
function holding(node: Parameters<MemoryRegistry['push']>[1]): MemoryRegistry {
  const registry = new MemoryRegistry()
  registry.push(REPOSITORY, node, 'latest')
  return registry
}

describe('a wrong claim about an intact object', () => {
  it('is the size of a layer', async () => {
    const wrong = describedBy(layer('x', 100), { size: 101 })
    const node = image('x', { layers: [wrong] })
    const report = await check(holding(node))
    expect(report.findings).toEqual([
      {
        code: 'descriptor-mismatch',
        cause: 'size',
        severity: 'error',
        repository: REPOSITORY,
        digest: wrong.descriptor.digest,
        tags: ['latest'],
        parents: [node.descriptor.digest],
        platforms: [],
        evidence: { claimedSize: 101, measuredSize: 100 },
      },
    ])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
    expect(report.blobs).toEqual({ intact: 2, damaged: 0, unchecked: 0, skipped: 0 })
    expect(report.manifests).toEqual({ intact: 0, damaged: 1, unchecked: 0, skipped: 0 })
  })

  it('is the size of a config', async () => {
    const sound = image('x')
    const node = image('x', { config: describedBy(sound.config, { size: 1 }) })
    const report = await check(holding(node))
    expect(report.findings).toMatchObject([{ code: 'descriptor-mismatch', digest: sound.config.descriptor.digest }])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
  })

  it('is the size of a child, and every image below it is lost with it', async () => {
    const inner = describedBy(index([amd64]), { size: 9 })
    const outer = index([inner, arm64])
    const report = await check(holding(outer))
    expect(report.findings).toMatchObject([
      {
        code: 'descriptor-mismatch',
        cause: 'size',
        severity: 'error',
        digest: inner.descriptor.digest,
        parents: [outer.descriptor.digest],
        evidence: { claimedSize: 9, measuredSize: inner.bytes.byteLength },
      },
    ])
    expect(verdicts(report)).toEqual({ latest: 'degraded' })
    expect(verdicts(await check(holding(index([inner]))))).toEqual({ latest: 'unpullable' })
  })

  it('is the size of a child that is no manifest', async () => {
    const registry = new MemoryRegistry()
    const digest = registry.putManifest(REPOSITORY, Buffer.from('not a manifest'))
    const child = { mediaType: 'application/vnd.example', digest, size: 1 }
    const bytes = index([], { fields: { manifests: [child] } }).bytes
    const parent = registry.putManifest(REPOSITORY, bytes, 'latest')
    const report = await check(registry)
    const evidence = { claimedSize: 1, measuredSize: 14 }
    expect(report.findings).toMatchObject([{ cause: 'size', severity: 'error', digest, parents: [parent], evidence }])
    expect(verdicts(report)).toEqual({ latest: 'unpullable' })
    expect(report.manifests).toMatchObject({ intact: 1, damaged: 1 })
  })

  it('blames only the manifests that make it, and their tags', async () => {
    const right = layer('shared', 100)
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, image('good', { layers: [right] }), 'good')
    const bad = registry.push(REPOSITORY, image('bad', { layers: [describedBy(right, { size: 99 })] }), 'bad')
    const report = await check(registry)
    expect(report.findings).toMatchObject([{ cause: 'size', tags: ['bad'], parents: [bad] }])
    expect(verdicts(report)).toEqual({ bad: 'unpullable', good: 'intact' })
    expect(report.manifests).toMatchObject({ intact: 1, damaged: 1 })
  })

  it('blames only the platforms of the manifests that make it', async () => {
    const right = layer('shared', 100)
    const good = image('good', { platform: 'linux/amd64', layers: [right] })
    const bad = image('bad', { platform: 'linux/arm64', layers: [describedBy(right, { size: 99 })] })
    const report = await check(holding(index([good, bad])))
    expect(report.findings).toMatchObject([{ parents: [bad.descriptor.digest], platforms: ['linux/arm64'] }])
  })

  it('blames only the index that makes it, and neither another index nor a tag of the child', async () => {
    const registry = holding(index([amd64]))
    registry.push(REPOSITORY, amd64, 'plain')
    const platform = { os: 'linux', architecture: '386' }
    const wrong = index([describedBy(amd64, { size: 1, platform })])
    registry.push(REPOSITORY, wrong, 'wrong')
    const report = await check(registry)
    expect(report.findings).toMatchObject([
      { tags: ['wrong'], parents: [wrong.descriptor.digest], platforms: ['linux/386'] },
    ])
  })

  it('is the media type of a child: a warning that costs no tag its verdict', async () => {
    const wrong = describedBy(arm64, { mediaType: MEDIA_TYPE.docker.image })
    const multi = index([amd64, wrong])
    const report = await check(holding(multi))
    expect(report.findings).toEqual([
      {
        code: 'descriptor-mismatch',
        cause: 'media-type',
        severity: 'warning',
        repository: REPOSITORY,
        digest: arm64.descriptor.digest,
        tags: ['latest'],
        parents: [multi.descriptor.digest],
        platforms: ['linux/arm64'],
        evidence: { claimedMediaType: MEDIA_TYPE.docker.image, measuredMediaType: MEDIA_TYPE.oci.image },
      },
    ])
    expect(verdicts(report)).toEqual({ latest: 'intact' })
    expect(report.manifests).toEqual({ intact: 3, damaged: 0, unchecked: 0, skipped: 0 })
  })

  it('is a warning if no tag reaches it', async () => {
    const registry = new MemoryRegistry()
    const wrong = describedBy(layer('x', 100), { size: 101 })
    registry.push(REPOSITORY, image('x', { layers: [wrong] }))
    const { findings } = await check(registry)
    expect(brief(findings)).toEqual([`warning descriptor-mismatch/size ${wrong.descriptor.digest} []`])
  })

  it('is not checked for configs and layers at depth graph', async () => {
    const node = image('x', { layers: [describedBy(layer('x', 100), { size: 101 })] })
    const report = await check(holding(node), { depth: 'graph' })
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
    const child = await check(holding(index([describedBy(amd64, { size: 1 })])), { depth: 'graph' })
    expect(child.findings).toMatchObject([{ cause: 'size' }])
  })

  it.each([
    ['a child without a size or a type of its own claim', { size: undefined, mediaType: undefined }, {}],
    ['a child that does not name its type', {}, { mediaType: undefined }],
    [
      'a child that does not name its type, called a Docker image',
      { mediaType: MEDIA_TYPE.docker.image },
      { mediaType: undefined },
    ],
    [
      'a child of unknown type that does not name its type',
      { mediaType: 'application/vnd.example' },
      { mediaType: undefined },
    ],
  ])('is not %s', async (_, claim, fields) => {
    const child = describedBy(image('x', { platform: 'linux/s390x', fields }), claim)
    const report = await check(holding(index([amd64, child])))
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
  })

  it('is not a nested index of unknown type that does not name its type', async () => {
    const inner = describedBy(index([amd64], { fields: { mediaType: undefined } }), {
      mediaType: 'application/vnd.example',
    })
    const report = await check(holding(index([inner, arm64])))
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
  })

  it.each([
    [MEDIA_TYPE.oci.index, image('x', { fields: { mediaType: undefined } })],
    [MEDIA_TYPE.docker.image, index([amd64], { fields: { mediaType: undefined } })],
  ])('is the kind of a child that does not name its type, called %s', async (mediaType, node) => {
    const report = await check(holding(index([describedBy(node, { mediaType })])))
    expect(report.findings).toMatchObject([{ cause: 'media-type', evidence: { claimedMediaType: mediaType } }])
  })

  it('is reported once for an object, even if both its size and its type are wrong', async () => {
    const child = describedBy(arm64, { size: 1, mediaType: MEDIA_TYPE.docker.image })
    const { findings } = await check(holding(index([amd64, child])))
    expect(brief(findings)).toEqual([`error descriptor-mismatch/size ${arm64.descriptor.digest} [latest]`])
  })
})

describe('what only an old engine serves', () => {
  const schema1 = json({ schemaVersion: 1, fsLayers: [{ blobSum: digestOf(Buffer.from('layer')) }] })

  function old(): MemoryRegistry {
    const registry = new MemoryRegistry()
    registry.putBlob(REPOSITORY, Buffer.from('layer'))
    registry.putManifest(REPOSITORY, schema1, 'old')
    return registry
  }

  it.each([
    [undefined, 'warning', 'intact', { intact: 1, damaged: 0 }],
    ['2.8', 'warning', 'intact', { intact: 1, damaged: 0 }],
    ['3', 'error', 'unpullable', { intact: 0, damaged: 1 }],
    ['all', 'error', 'unpullable', { intact: 0, damaged: 1 }],
  ] as const)('is schema 1, which engine %s makes a %s', async (engine, severity, verdict, totals) => {
    const registry = old()
    const report = await check(registry, { engine })
    const digest = digestOf(schema1)
    const evidence = {
      link: registry.at.revisionLink(REPOSITORY, digest),
      path: registry.at.data(digest),
      mediaType: MEDIA_TYPE.schema1,
    }
    const finding = { code: 'engine-dependent', cause: 'schema1', severity, repository: REPOSITORY, digest, evidence }
    expect(report.findings).toEqual([{ ...finding, tags: ['old'], parents: [], platforms: [] }])
    expect(verdicts(report)).toEqual({ old: verdict })
    expect(report.manifests).toMatchObject(totals)
  })

  it.each([
    [undefined, 'warning', 'intact', { intact: 3, damaged: 0 }],
    ['3', 'error', 'degraded', { intact: 2, damaged: 1 }],
  ] as const)(
    'is a child linked as a layer only, which engine %s makes a %s',
    async (engine, severity, verdict, totals) => {
      const { registry, links } = scene()
      const { digest } = arm64.descriptor
      links.revisions.delete(digest)
      links.layers.set(digest, digest)
      const report = await check(registry, { engine })
      expect(report.findings).toMatchObject([
        {
          code: 'engine-dependent',
          cause: 'manifest-linked-as-layer',
          severity,
          digest,
          tags: ['latest'],
          platforms: ['linux/arm64'],
          evidence: { link: registry.at.layerLink(REPOSITORY, digest), mediaType: MEDIA_TYPE.oci.image },
        },
      ])
      expect(verdicts(report)).toEqual({ latest: verdict })
      expect(report.manifests).toMatchObject(totals)
    },
  )

  it('is an index linked as a layer only, and engine 3 cannot pull its tag', async () => {
    const { registry, links, multi } = scene()
    const { digest } = multi.descriptor
    links.revisions.delete(digest)
    links.layers.set(digest, digest)
    expect(verdicts(await check(registry))).toEqual({ latest: 'intact' })
    expect(verdicts(await check(registry, { engine: '3' }))).toEqual({ latest: 'unpullable' })
  })

  it('is a warning if no tag reaches it, unless engine 3 and every revision counts', async () => {
    const registry = old()
    registry.repository(REPOSITORY).tags.clear()
    const severity = async (rules: object): Promise<unknown> =>
      (await check(registry, rules)).findings.map((finding) => finding.severity)
    expect(await severity({ engine: '3' })).toEqual(['warning'])
    expect(await severity({ roots: 'revisions' })).toEqual(['warning'])
    expect(await severity({ engine: '3', roots: 'revisions' })).toEqual(['error'])
  })

  it('is not reported if the revision link exists too', async () => {
    const { registry, links } = scene()
    links.layers.set(arm64.descriptor.digest, arm64.descriptor.digest)
    expect((await check(registry, { engine: '3' })).findings).toEqual([])
  })

  it('is not reported if a child of unknown type is linked as a layer, like any blob', async () => {
    const registry = new MemoryRegistry()
    const sbom = layer('sbom', 30, 'application/vnd.example.sbom')
    registry.pushBlob(REPOSITORY, sbom)
    registry.push(REPOSITORY, amd64)
    const bytes = index([amd64], { fields: { manifests: [amd64.descriptor, sbom.descriptor] } }).bytes
    registry.putManifest(REPOSITORY, bytes, 'latest')
    const report = await check(registry, { engine: '3' })
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
  })

  it('is not reported if such a child happens to parse as a manifest', async () => {
    const registry = new MemoryRegistry()
    const { config } = amd64
    const likeOne = json({ schemaVersion: 2, config: config.descriptor, layers: [] })
    const digest = registry.putBlob(REPOSITORY, likeOne)
    registry.push(REPOSITORY, amd64)
    const child = { mediaType: 'application/vnd.example.bundle', digest, size: likeOne.byteLength }
    const bytes = index([amd64], { fields: { manifests: [amd64.descriptor, child] } }).bytes
    registry.putManifest(REPOSITORY, bytes, 'latest')
    const report = await check(registry, { engine: '3' })
    expect([report.findings, verdicts(report)]).toEqual([[], { latest: 'intact' }])
  })
})
