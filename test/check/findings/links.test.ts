import { describe, expect, it } from 'vitest'
import { MANIFEST_LIMIT } from '../../../src/check/rules.ts'
import { contentOf, digestOf, image, index, json } from '../../support/builders/images.ts'
import type { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { brief, check, REPOSITORY, scene, verdicts } from '../scene.ts'

const nowhere = digestOf(Buffer.from('nowhere'))
const common = { severity: 'warning', repository: REPOSITORY, digest: nowhere, tags: [], parents: [], platforms: [] }

describe('a layer link that nothing needs', () => {
  it('leads to a blob that is gone', async () => {
    const { registry, links } = scene()
    links.layers.set(nowhere, nowhere)
    const report = await check(registry)
    const evidence = { link: registry.at.layerLink(REPOSITORY, nowhere), path: registry.at.data(nowhere) }
    expect(report.findings).toEqual([{ code: 'orphan-layer-link', cause: 'blob-missing', ...common, evidence }])
    expect(verdicts(report)).toEqual({ latest: 'intact' })
    expect(report.blobs).toEqual({ intact: 6, damaged: 0, unchecked: 0, skipped: 0 })
  })

  it.each([
    ['nothing', ''],
    ['a newline too many', `${nowhere}\n`],
  ])('holds %s', async (_, content) => {
    const { registry, links } = scene()
    links.layers.set(nowhere, content)
    const report = await check(registry)
    const paths = { path: registry.at.layerLink(REPOSITORY, nowhere), blobPath: registry.at.data(nowhere) }
    const evidence = { ...paths, blobStored: false, content: JSON.stringify(content) }
    expect(report.findings).toEqual([{ code: 'link-invalid', cause: 'layer-link-invalid', ...common, evidence }])
    expect(verdicts(report)).toEqual({ latest: 'intact' })
  })

  it('names another blob', async () => {
    const { registry, links, amd64 } = scene()
    const other = amd64.config.descriptor.digest
    links.layers.set(nowhere, other)
    const { findings } = await check(registry)
    const link = registry.at.layerLink(REPOSITORY, nowhere)
    const own = { ownPath: registry.at.data(nowhere), ownStored: false }
    const evidence = { link, path: registry.at.data(other), ...own, linkNames: other }
    expect(findings).toEqual([{ code: 'link-invalid', cause: 'wrong-link', ...common, evidence }])
  })

  it('cannot be read: that is unchecked, and no finding', async () => {
    const { registry, links } = scene()
    links.layers.set(nowhere, nowhere)
    const path = registry.at.layerLink(REPOSITORY, nowhere)
    registry.unreadable.set(path, 'STORE_DENIED')
    const report = await check(registry)
    expect(report.findings).toEqual([])
    expect(report.unchecked).toEqual([
      {
        repository: REPOSITORY,
        digest: nowhere,
        path,
        because: 'STORE_DENIED',
        detail: 'was not to be had',
        kind: 'layer-link',
      },
    ])
  })

  it.each([
    [
      'leads to a blob that is there: a push may be under way',
      (registry: MemoryRegistry) => registry.putBlob(REPOSITORY, contentOf('new', 9)),
    ],
    [
      'leads to an altered blob, which nobody needs',
      (registry: MemoryRegistry) => {
        registry.blobs.set(registry.putBlob(REPOSITORY, contentOf('new', 9)), contentOf('other', 4))
      },
    ],
    [
      'is a sha512 name for what is stored under sha256',
      (registry: MemoryRegistry) => {
        const bytes = contentOf('long', 9)
        registry.putBlob(REPOSITORY, bytes, digestOf(bytes, 'sha512'))
      },
    ],
    [
      'is gone and has left its directory',
      (registry: MemoryRegistry) => {
        registry.repository(REPOSITORY).layers.set(nowhere, null)
      },
    ],
  ])('is silent where it %s', async (_, change) => {
    const { registry } = scene()
    change(registry)
    const report = await check(registry, { depth: 'content' })
    expect([report.findings, report.unchecked, verdicts(report)]).toEqual([[], [], { latest: 'intact' }])
  })

  it('is not reported at depth graph, which does not check blobs', async () => {
    const { registry, links } = scene()
    links.layers.set(nowhere, nowhere)
    const report = await check(registry, { depth: 'graph' })
    expect([report.findings, report.blobs]).toEqual([[], { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }])
  })
})

describe('a layer link below a damaged object', () => {
  it('is part of that finding if an index lost the child that needs it', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.delete(arm64.descriptor.digest)
    for (const { descriptor } of [arm64.config, ...arm64.layers]) registry.blobs.delete(descriptor.digest)
    const { findings } = await check(registry)
    expect(findings.map(({ code }) => code)).toEqual(['index-child-missing'])
    expect(findings[0]?.evidence).toMatchObject({ namedBlobs: 3, presentBlobs: 0 })
  })

  it('is part of that finding if a tag lost a whole tree', async () => {
    const { registry, links, multi, amd64, arm64 } = scene()
    const outer = index([multi])
    registry.push(REPOSITORY, outer, 'outer')
    links.tags.delete('latest')
    links.revisions.clear()
    for (const { descriptor } of [...amd64.layers, ...arm64.layers]) registry.blobs.delete(descriptor.digest)
    const { findings } = await check(registry)
    expect(brief(findings)).toEqual(['error tag-dangling/revision-link-missing outer [outer]'])
  })

  it('is part of that finding if an index was altered and has lost its children too', async () => {
    const { registry, links, multi, amd64, arm64 } = scene()
    registry.blobs.set(multi.descriptor.digest, Buffer.concat([multi.bytes, Buffer.from(' ')]))
    for (const { descriptor } of [amd64, arm64]) links.revisions.delete(descriptor.digest)
    for (const { descriptor } of [...amd64.layers, ...arm64.layers]) registry.blobs.delete(descriptor.digest)
    const { findings } = await check(registry)
    expect(findings.map(({ code }) => code)).toEqual(['manifest-damaged'])
  })

  it('is an orphan if nothing is left that could name it', async () => {
    const { registry, links, arm64 } = scene()
    links.revisions.delete(arm64.descriptor.digest)
    registry.blobs.delete(arm64.descriptor.digest)
    for (const { descriptor } of arm64.layers) registry.blobs.delete(descriptor.digest)
    const { findings } = await check(registry)
    expect(findings.map(({ code }) => code)).toEqual(['index-child-missing', 'orphan-layer-link', 'orphan-layer-link'])
  })

  it('is not called an orphan if a manifest that may need it could not be read', async () => {
    const { registry, arm64 } = scene()
    registry.unreadable.set(registry.at.data(arm64.descriptor.digest), 'STORE_READ_FAILED')
    for (const { descriptor } of arm64.layers) registry.blobs.delete(descriptor.digest)
    const report = await check(registry)
    expect(report.findings).toEqual([])
    expect(verdicts(report)).toEqual({ latest: 'unchecked' })
  })
})

describe('a possible orphan', () => {
  function withOrphans() {
    const all = scene()
    all.links.layers.set(nowhere, nowhere)
    const gone = digestOf(Buffer.from('gone'))
    all.links.revisions.set(gone, gone)
    return all
  }

  it('is reported if everything was read', async () => {
    const { registry } = withOrphans()
    const { findings } = await check(registry)
    expect(findings.map(({ code }) => code).sort()).toEqual(['orphan-layer-link', 'orphan-revision-link'])
  })

  it.each([
    [
      'the tags could not be listed',
      (registry: MemoryRegistry) => `${registry.at.repository(REPOSITORY)}/_manifests/tags`,
    ],
    ['a tag could not be read', (registry: MemoryRegistry) => registry.at.tagLink(REPOSITORY, 'latest')],
    [
      'the revisions could not be listed',
      (registry: MemoryRegistry) => `${registry.at.repository(REPOSITORY)}/_manifests/revisions`,
    ],
  ])('is not reported if %s', async (_, place) => {
    const { registry } = withOrphans()
    registry.unreadable.set(place(registry), 'STORE_DENIED')
    expect((await check(registry)).findings).toEqual([])
  })

  it('is not reported if a manifest was too large to be read', async () => {
    const { registry } = withOrphans()
    registry.putManifest(REPOSITORY, Buffer.alloc(MANIFEST_LIMIT + 1, ' '), 'large')
    const report = await check(registry)
    expect([report.findings, report.unchecked]).toMatchObject([[{ cause: 'too-large' }], []])
  })
})

describe('a revision link that nothing needs', () => {
  it.each([
    ['tags', 'warning'],
    ['revisions', 'error'],
  ] as const)('leads to a manifest that is gone: with roots %s a(n) %s', async (roots, severity) => {
    const { registry, links } = scene()
    links.revisions.set(nowhere, nowhere)
    const report = await check(registry, { roots })
    const evidence = { link: registry.at.revisionLink(REPOSITORY, nowhere), path: registry.at.data(nowhere) }
    const finding = { code: 'orphan-revision-link', cause: 'manifest-missing', ...common, severity, evidence }
    expect(report.findings).toEqual([finding])
    expect(verdicts(report)).toEqual({ latest: 'intact' })
    expect(report.manifests).toEqual({ intact: 3, damaged: roots === 'tags' ? 0 : 1, unchecked: 0, skipped: 0 })
  })

  it('is empty, which stops garbage collection', async () => {
    const { registry, links } = scene()
    links.revisions.set(nowhere, '')
    const { findings } = await check(registry)
    const evidence = { path: registry.at.revisionLink(REPOSITORY, nowhere), content: '""' }
    expect(findings).toEqual([{ code: 'link-invalid', cause: 'revision-link-invalid', ...common, evidence }])
  })

  it('is not called an orphan if the index that may name it could not be read', async () => {
    const { registry, multi, arm64 } = scene()
    registry.unreadable.set(registry.at.data(multi.descriptor.digest), 'STORE_READ_FAILED')
    registry.blobs.delete(arm64.descriptor.digest)
    const report = await check(registry)
    expect(report.findings).toEqual([])
    expect(verdicts(report)).toEqual({ latest: 'unchecked' })
  })

  it.each([
    [
      'leads to an untagged manifest that is whole',
      (registry: MemoryRegistry) => registry.push(REPOSITORY, image('untagged')),
    ],
    [
      'is gone and has left its directory, as an API DELETE does',
      (registry: MemoryRegistry) => {
        registry.repository(REPOSITORY).revisions.set(nowhere, null)
      },
    ],
    [
      'leads to an untagged index without children',
      (registry: MemoryRegistry) => registry.putManifest(REPOSITORY, json({ schemaVersion: 2, manifests: [] })),
    ],
  ])('is silent where it %s', async (_, change) => {
    const { registry } = scene()
    change(registry)
    for (const roots of ['tags', 'revisions'] as const) expect((await check(registry, { roots })).findings).toEqual([])
  })
})
