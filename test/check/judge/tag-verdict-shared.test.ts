import { describe, expect, it } from 'vitest'
import { image, index, json, layer, MEDIA_TYPE } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { check, REPOSITORY, verdicts } from '../scene.ts'

describe('platforms that share a damaged object', () => {
  it('are all unpullable', async () => {
    const shared = layer('shared')
    const [a, b] = ['linux/amd64', 'linux/arm64'].map((platform) => image(platform, { platform, layers: [shared] }))
    if (!a || !b) throw new Error('two images')
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, index([a, b]), 'tag')
    registry.blobs.delete(shared.descriptor.digest)
    const report = await check(registry)
    expect(verdicts(report)).toEqual({ tag: 'unpullable' })
    expect(report.findings).toMatchObject([{ code: 'layer-missing', platforms: ['linux/amd64', 'linux/arm64'] }])
  })
})

describe('a chain of a thousand indexes', () => {
  it('is judged from every index of the chain', async () => {
    const registry = new MemoryRegistry()
    const leaf = image('leaf')
    registry.push(REPOSITORY, leaf)
    let child: { mediaType: string; digest: string; size: number } = leaf.descriptor
    for (let n = 0; n < 20_000; n++) {
      const bytes = json({ schemaVersion: 2, mediaType: MEDIA_TYPE.oci.index, manifests: [child] })
      const digest = registry.putManifest(REPOSITORY, bytes, `t${n}`)
      child = { mediaType: MEDIA_TYPE.oci.index, digest, size: bytes.byteLength }
    }
    expect((await check(registry)).tagTotals).toEqual({ intact: 20_000, degraded: 0, unpullable: 0, unchecked: 0 })
    registry.blobs.delete(leaf.config.descriptor.digest)
    expect((await check(registry)).tagTotals).toMatchObject({ intact: 0, unpullable: 20_000 })
  })
})
