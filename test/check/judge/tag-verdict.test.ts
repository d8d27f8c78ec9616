import { describe, expect, it } from 'vitest'
import {
  artifact,
  attestationFor,
  describedBy,
  type ImageNode,
  image,
  index,
  type ManifestNode,
} from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { check, REPOSITORY, verdicts } from '../scene.ts'

const amd64 = image('amd64', { platform: 'linux/amd64' })
const arm64 = image('arm64', { platform: 'linux/arm64' })
const attestation = attestationFor(amd64)
const chart = artifact('chart', 'application/vnd.example.chart')
const sbom = artifact('sbom', 'application/vnd.example.sbom')

type Damage = (registry: MemoryRegistry, node: ImageNode) => void

/** The ways to damage an image, and whether it is then known to be damaged. */
const gone: Damage = ({ repositories }, node) => {
  repositories.get(REPOSITORY)?.revisions.delete(node.descriptor.digest)
}
const altered: Damage = (registry, node) => {
  registry.blobs.set(node.descriptor.digest, Buffer.from('{}'))
}
const layerGone: Damage = (registry, node) => {
  registry.blobs.delete(node.layers[0]?.descriptor.digest ?? '')
}
const configGone: Damage = (registry, node) => {
  registry.blobs.delete(node.config.descriptor.digest)
}
const layerShort: Damage = (registry, node) => {
  registry.blobs.set(node.layers[0]?.descriptor.digest ?? '', Buffer.from('x'))
}
const unread: Damage = (registry, node) => {
  registry.unreadable.set(registry.at.data(node.descriptor.digest), 'STORE_TIMEOUT')
}
const layerUnread: Damage = (registry, node) => {
  registry.unreadable.set(registry.at.data(node.layers[0]?.descriptor.digest ?? ''), 'STORE_TIMEOUT')
}
const DAMAGE: readonly Damage[] = [gone, altered, layerGone, configGone, layerShort]

async function verdictOf(node: ManifestNode, damages: readonly [Damage, ImageNode][]): Promise<string | undefined> {
  const registry = new MemoryRegistry()
  registry.push(REPOSITORY, node, 'tag')
  for (const [damage, target] of damages) damage(registry, target)
  return verdicts(await check(registry))['tag']
}

describe('a tag is unpullable', () => {
  it.each([
    ['its image is damaged', amd64, [amd64]],
    ['the only platform is damaged', index([amd64]), [amd64]],
    ['every platform is damaged', index([amd64, arm64]), [amd64, arm64]],
    ['every platform is damaged and the attestation is whole', index([amd64, attestation]), [amd64]],
    ['every platform is damaged and an artifact beside it is whole', index([amd64, chart]), [amd64]],
    [
      'every platform is damaged and what its config tells to be an artifact is whole',
      index([amd64, describedBy(chart, { artifactType: undefined })]),
      [amd64],
    ],
    ['every platform of a nested index is damaged', index([index([amd64]), index([index([arm64])])]), [amd64, arm64]],
    ['its artifact is damaged', chart, [chart]],
    ['every artifact is damaged and nothing runs', index([chart, sbom]), [chart, sbom]],
    ['its only leaf is an attestation, which is damaged', index([attestation]), [attestation]],
  ] as const)('if %s', async (_, node, damaged) => {
    for (const damage of DAMAGE)
      expect(
        await verdictOf(
          node,
          damaged.map((target) => [damage, target]),
        ),
      ).toBe('unpullable')
  })

  it('if its platforms are damaged in different ways', async () => {
    expect(
      await verdictOf(index([amd64, arm64]), [
        [gone, amd64],
        [layerShort, arm64],
      ]),
    ).toBe('unpullable')
  })

  it('if its index names only an index that is not served', async () => {
    const inner = index([amd64, arm64])
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, index([inner]), 'tag')
    registry.blobs.delete(inner.descriptor.digest)
    expect(verdicts(await check(registry))).toEqual({ tag: 'unpullable' })
  })

  it('even if something could not be read', async () => {
    expect(
      await verdictOf(index([amd64, attestation]), [
        [gone, amd64],
        [unread, attestation],
      ]),
    ).toBe('unpullable')
  })
})

describe('a tag is degraded', () => {
  it.each([
    ['one platform of two is damaged', index([amd64, arm64]), [amd64]],
    ['one platform of two is damaged, nested', index([index([amd64]), index([arm64])]), [arm64]],
    ['the attestation is damaged and the platform is whole', index([amd64, attestation]), [attestation]],
    ['an artifact is damaged and the platform is whole', index([amd64, chart]), [chart]],
  ] as const)('if %s', async (_, node, damaged) => {
    for (const damage of DAMAGE)
      expect(
        await verdictOf(
          node,
          damaged.map((target) => [damage, target]),
        ),
      ).toBe('degraded')
  })

  it('if one artifact of two is damaged and none is an image', async () => {
    for (const damage of [gone, altered, layerGone, layerShort])
      expect(await verdictOf(index([chart, sbom]), [[damage, chart]])).toBe('degraded')
  })

  it('if one platform is damaged and the other could not be read', async () => {
    expect(
      await verdictOf(index([amd64, arm64]), [
        [gone, amd64],
        [unread, arm64],
      ]),
    ).toBe('degraded')
    expect(
      await verdictOf(index([amd64, arm64]), [
        [gone, amd64],
        [layerUnread, arm64],
      ]),
    ).toBe('degraded')
  })

  it('if one artifact of two is claimed with a wrong size and none is an image', async () => {
    const unknownType = { artifactType: undefined }
    const node = index([describedBy(chart, unknownType), describedBy(sbom, { ...unknownType, size: 1 })])
    expect(await verdictOf(node, [])).toBe('degraded')
  })

  it('if an empty index is claimed with a wrong size beside an intact artifact', async () => {
    expect(await verdictOf(index([chart, describedBy(index([]), { size: 1 })]), [])).toBe('degraded')
  })

  it('if a child is claimed with a wrong size, and another platform is intact', async () => {
    expect(await verdictOf(index([describedBy(amd64, { size: 1 }), arm64]), [])).toBe('degraded')
    expect(await verdictOf(index([amd64, describedBy(attestation, { size: 1 })]), [])).toBe('degraded')
  })
})

describe('a tag is unchecked', () => {
  it.each([
    ['its image', amd64, amd64],
    ['one platform', index([amd64, arm64]), arm64],
    ['the attestation', index([amd64, attestation]), attestation],
    ['its artifact', chart, chart],
  ] as const)('where %s could not be read and nothing is seen to be damaged', async (_, node, target) => {
    expect(await verdictOf(node, [[unread, target]])).toBe('unchecked')
    expect(await verdictOf(node, [[layerUnread, target]])).toBe('unchecked')
  })
})

describe('a tag is intact', () => {
  it.each([
    ['its image is intact', amd64],
    ['every platform is intact', index([amd64, arm64, attestation])],
    ['it is an artifact', chart],
    ['it is an index of artifacts', index([chart, sbom])],
    ['it is an empty index', index([])],
    ['it is an index of empty indexes', index([index([]), index([index([])])])],
  ] as const)('if %s', async (_, node) => {
    expect(await verdictOf(node, [])).toBe('intact')
  })

  it('if it has an empty index beside an intact platform, but not beside a damaged one', async () => {
    expect(await verdictOf(index([index([]), amd64]), [])).toBe('intact')
    expect(await verdictOf(index([index([]), amd64]), [[gone, amd64]])).toBe('unpullable')
  })

  it('whatever the state of other tags and untagged manifests', async () => {
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, amd64, 'good')
    registry.push(REPOSITORY, index([amd64, arm64]), 'both')
    registry.push(REPOSITORY, image('untagged'))
    gone(registry, arm64)
    layerGone(registry, image('untagged'))
    expect(verdicts(await check(registry))).toEqual({ both: 'degraded', good: 'intact' })
  })
})

describe('a referrer', () => {
  const subject = {
    mediaType: amd64.descriptor.mediaType,
    digest: amd64.descriptor.digest,
    size: amd64.descriptor.size,
  }
  const signature = artifact('signature', 'application/vnd.example.sig', { fields: { subject } })
  const fallback = `sha256-${amd64.descriptor.digest.slice('sha256:'.length)}`

  it('counts only under its own tag, and not under that of its subject', async () => {
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, amd64, 'latest')
    registry.push(REPOSITORY, index([signature]), fallback)
    layerGone(registry, signature)
    const report = await check(registry)
    expect(verdicts(report)).toEqual({ latest: 'intact', [fallback]: 'unpullable' })
    expect(report.findings).toMatchObject([{ code: 'layer-missing', tags: [fallback] }])
  })

  it('does not depend on the state of its subject', async () => {
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, amd64, 'latest')
    registry.push(REPOSITORY, index([signature]), fallback)
    layerGone(registry, amd64)
    expect(verdicts(await check(registry))).toEqual({ latest: 'unpullable', [fallback]: 'intact' })
  })
})
