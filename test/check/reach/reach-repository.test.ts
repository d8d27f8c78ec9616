import { describe, expect, it } from 'vitest'
import type { Listing, RepositoryStore } from '../../../src/check/ports.ts'
import type { DeployedImage, ReachQuestion, RepositoryReach } from '../../../src/check/reach/reach-records.ts'
import { reachRepository } from '../../../src/check/reach/reach-repository.ts'
import { type Digest, parseDigest } from '../../../src/oci/digest.ts'
import { artifact, attestationFor, image, index, layer, type ManifestNode } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'

const amd64 = image('amd64')
const arm64 = image('arm64', { platform: 'linux/arm64' })
const attestation = attestationFor(amd64)
const whole = index([amd64, arm64, attestation])
const other = image('other')
const signature = aboutNode('signature', whole)
const USE = { file: 'compose.yaml', line: 3, column: 5, by: 'service web' }

describe('what is reached in a repository', () => {
  it('is what tags lead to, through indexes in indexes, down to configs and layers', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', index([whole]), 'v1')
    registry.push('app', other)
    const reach = await reachIn(registry)
    expect(listed(reach)).toEqual(digestsUnder(index([whole])))
    expect(reach.totals).toMatchObject({ index: 2, manifest: 3, config: 3, layer: 5 })
    expect(reach.unknown).toEqual([])
  })

  it('is not what only a deleted tag leads to, unless a tag that stays leads there too', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', whole, 'v1')
    registry.push('app', index([arm64]), 'arm')
    registry.push('app', other, 'other')
    const reach = await reachIn(registry, { without: new Set(['v1', 'other']) })
    expect(listed(reach)).toEqual(digestsUnder(index([arm64])))
    expect(reach.tags).toBe(3)
  })

  it('is a child that a build cache lists as a blob, without its being read as a manifest', async () => {
    const registry = new MemoryRegistry()
    const cached = layer('cached')
    registry.pushBlob('app', cached)
    const config = layer('cache config', 50, 'application/vnd.buildkit.cacheconfig.v0')
    registry.pushBlob('app', config)
    registry.putManifest('app', indexBytes([cached.descriptor, config.descriptor]), 'cache')
    const reach = await reachIn(registry)
    expect(listed(reach)).toEqual(expect.arrayContaining([cached.descriptor.digest, config.descriptor.digest]))
    expect(reach.unknown).toEqual([])
  })
})

describe('a referrer', () => {
  it('is reached if its subject is, tagged or not, and what refers to it is too', async () => {
    const registry = new MemoryRegistry()
    const seal = aboutNode('seal', signature)
    registry.push('app', whole, 'v1')
    registry.push('app', signature)
    registry.push('app', seal)
    registry.push('app', aboutNode('of another', other))
    const asked = seal.layers[0]?.descriptor.digest ?? ''
    const reach = await reachIn(registry, {}, [asked])
    expect(listed(reach)).toEqual([...new Set([whole, signature, seal].flatMap(digestsUnder))].sort())
    expect(reach.kept).toEqual([
      {
        digest: asked,
        kind: 'layer',
        roots: [{ is: 'tag', tag: 'v1' }],
        way: [
          { relation: 'layer', of: seal.descriptor.digest },
          { relation: 'referrer', of: signature.descriptor.digest },
          { relation: 'referrer', of: whole.descriptor.digest },
        ],
      },
    ])
  })

  it('is reached through the child of an index that it is about', async () => {
    const registry = new MemoryRegistry()
    const sbom = aboutNode('sbom', arm64)
    registry.push('app', whole, 'v1')
    registry.push('app', sbom)
    expect(listed(await reachIn(registry))).toContain(sbom.descriptor.digest)
  })

  it('does not keep its subject, whatever tag it has', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', whole)
    registry.push('app', signature, 'signature-of-v1')
    registry.push('app', other, `${whole.descriptor.digest.replace(':', '-')}.sig`)
    const reach = await reachIn(registry)
    expect(listed(reach)).toEqual([...new Set([signature, other].flatMap(digestsUnder))].sort())
  })

  it.each(['', '.sig', '.att', '.sbom'])(
    'is kept under the tag sha256-HEX%s while its subject is, even if that tag counts as deleted',
    async (ending) => {
      const registry = new MemoryRegistry()
      const tag = `${whole.descriptor.digest.replace(':', '-')}${ending}`
      registry.push('app', whole, 'v1')
      registry.push('app', other, tag)
      const kept = await reachIn(registry, { without: new Set([tag]) }, [other.descriptor.digest])
      expect(kept.kept[0]).toMatchObject({
        roots: [{ is: 'tag', tag: 'v1' }],
        way: [{ relation: 'referrer', of: whole.descriptor.digest }],
      })
      const free = await reachIn(registry, { without: new Set([tag, 'v1']) }, [other.descriptor.digest])
      expect(free.kept).toEqual([])
    },
  )

  it('is found in the list of a registry that does not list revisions, and so is what refers to it', async () => {
    const registry = new MemoryRegistry()
    const seal = aboutNode('seal', signature)
    registry.push('app', whole, 'v1')
    registry.push('app', signature)
    registry.push('app', seal)
    registry.push('app', other)
    const referrers = new Map([
      [whole.descriptor.digest, signature],
      [signature.descriptor.digest, seal],
    ])
    const reach = await reachIn(registry, {}, [], (store) => overApi(store, referrers))
    expect(listed(reach)).toEqual([...new Set([whole, signature, seal].flatMap(digestsUnder))].sort())
    expect(reach.unknown).toEqual([])
  })
})

describe('a deployed image', () => {
  it('keeps its children, with no tag, and through its tag when that counts as deleted', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', whole)
    registry.push('app', other, 'v2')
    const deployed = [
      deployedAs(whole.descriptor.digest),
      deployedAs('v2', { uses: [{ ...USE, by: 'service worker' }] }),
    ]
    const layerDigest = arm64.layers[0]?.descriptor.digest ?? ''
    const reach = await reachIn(registry, { deployed, without: new Set(['v2']) }, [layerDigest])
    expect(listed(reach)).toEqual([...new Set([whole, other].flatMap(digestsUnder))].sort())
    expect(reach.kept[0]?.roots).toEqual([{ is: 'deployed', image: 'registry.test/app', uses: [USE] }])
    expect(reach.unknown).toEqual([])
  })

  it('keeps what runs now, by manifest or by config, beside what it is called', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', other, 'v1')
    registry.push('app', arm64)
    registry.push('app', amd64)
    const running = [
      { is: 'manifest', digest: parseDigest(arm64.descriptor.digest) },
      { is: 'config', digest: parseDigest(amd64.config.descriptor.digest) },
    ] as const
    const reach = await reachIn(registry, { deployed: [deployedAs('v1', { running })] })
    expect(listed(reach)).toEqual([...new Set([other, arm64, amd64].flatMap(digestsUnder))].sort())
  })

  it('is unknown if its tag is not there, unless it may be of another registry', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', other, 'v1')
    const question = (isCertain: boolean) => ({ deployed: [deployedAs('v9', { isCertain })] })
    expect((await reachIn(registry, question(true))).unknown).toMatchObject([
      { repository: 'app', tag: 'v9', path: 'compose.yaml:3:5', because: 'REFERENCE_UNKNOWN' },
    ])
    expect((await reachIn(registry, question(false))).unknown).toEqual([])
  })

  it('by a digest that is not there leaves unknown what it named, unless it may be of another registry', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', other, 'v1')
    const question = (isCertain: boolean) => ({ deployed: [deployedAs(whole.descriptor.digest, { isCertain })] })
    expect((await reachIn(registry, question(true))).unknown).toMatchObject([{ digest: whole.descriptor.digest }])
    const foreign = await reachIn(registry, question(false))
    expect(foreign.unknown).toEqual([])
    expect(listed(foreign)).not.toContain(whole.descriptor.digest)
  })
})

describe('it is unknown what is reached', () => {
  const at = new MemoryRegistry().at
  const child = arm64.descriptor.digest
  it.each<[string, (registry: MemoryRegistry) => void, object]>([
    ['where tags cannot be listed', closed(`${at.repository('app')}/_manifests/tags`), { because: 'STORE_DENIED' }],
    [
      'where revisions cannot be listed: one may be a referrer',
      closed(`${at.repository('app')}/_manifests/revisions`),
      { because: 'STORE_DENIED' },
    ],
    ['where a tag cannot be read', closed(at.tagLink('app', 'v1')), { tag: 'v1', because: 'STORE_DENIED' }],
    ['where a tag names nothing', (r) => r.repository('app').tags.set('v1', ''), { tag: 'v1' }],
    ['where a child is gone', (r) => r.repository('app').revisions.delete(child), { digest: child }],
    ['where the file of a child is gone', (r) => r.blobs.delete(child), { digest: child }],
    ['where a child cannot be read', closed(at.data(child)), { digest: child, because: 'STORE_DENIED' }],
    ['where a child is altered', (r) => r.blobs.set(child, Buffer.from('{}')), { digest: child }],
    [
      'where a revision that nothing reaches cannot be read: it may be a referrer',
      closed(at.data(other.descriptor.digest)),
      { digest: other.descriptor.digest },
    ],
    [
      'where such a revision is altered',
      (r) => r.blobs.set(other.descriptor.digest, Buffer.from('{')),
      { digest: other.descriptor.digest },
    ],
  ])('%s', async (_, hurt, unknown) => {
    const registry = new MemoryRegistry()
    registry.push('app', whole, 'v1')
    registry.push('app', other)
    hurt(registry)
    expect((await reachIn(registry)).unknown).toMatchObject([{ repository: 'app', ...unknown }])
  })

  it('but not where a revision that nothing reaches is gone: nobody can ask for it', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', whole, 'v1')
    registry.push('app', other)
    registry.blobs.delete(other.descriptor.digest)
    registry.repository('app').revisions.set(signature.descriptor.digest, null)
    expect((await reachIn(registry)).unknown).toEqual([])
  })

  it('nor where a tag that names nothing counts as deleted', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', whole, 'v1')
    registry.repository('app').tags.set('old', '')
    expect((await reachIn(registry, { without: new Set(['old']) })).unknown).toEqual([])
  })
})

describe('a repository that is written to while it is read', () => {
  it('is read again, so a tag that moved is followed to where it went', async () => {
    const registry = new MemoryRegistry()
    registry.push('app', other, 'v1')
    let reads = 0
    const reach = await reachIn(registry, {}, [], (store) => {
      if (++reads === 2) registry.push('app', whole, 'v1')
      return store
    })
    expect(listed(reach)).toEqual(digestsUnder(whole))
    expect(reach.unknown).toEqual([])
  })

  it('is unknown if that goes on', async () => {
    const registry = new MemoryRegistry()
    let reads = 0
    const reach = await reachIn(registry, {}, [], (store) => {
      registry.push('app', other, `v${++reads}`)
      return store
    })
    expect(reach.unknown).toMatchObject([{ repository: 'app', because: 'MOVED' }])
  })
})

/** @param wrap called with each new store */
function reachIn(
  registry: MemoryRegistry,
  question: Partial<ReachQuestion> = {},
  asked: readonly string[] = [],
  wrap: (store: RepositoryStore) => RepositoryStore = (store) => store,
): Promise<RepositoryReach> {
  return reachRepository(
    'app',
    () => wrap(registry.store('app')),
    { deployed: [], without: new Set(), list: true, ...question },
    { asked: new Set(asked.map(parseDigest)) },
  )
}

function listed({ reached }: RepositoryReach): readonly string[] {
  return reached.map(({ digest }) => digest)
}

function digestsUnder(node: ManifestNode): string[] {
  const below = node.kind === 'index' ? node.children.flatMap(digestsUnder) : []
  const blobs = node.kind === 'image' ? [node.config, ...node.layers].map((each) => each.descriptor.digest) : []
  return [...new Set([node.descriptor.digest, ...below, ...blobs])].sort()
}

function aboutNode(seed: string, { descriptor: { mediaType, digest, size } }: ManifestNode) {
  return artifact(seed, 'application/vnd.example.signature', { fields: { subject: { mediaType, digest, size } } })
}

function indexBytes(manifests: readonly object[]): Buffer {
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }))
}

function deployedAs(wanted: string, more: Partial<DeployedImage> = {}): DeployedImage {
  return { image: 'registry.test/app', wanted, running: [], uses: [USE], isCertain: true, ...more }
}

function closed(path: string): (registry: MemoryRegistry) => void {
  return (registry) => registry.unreadable.set(path, 'STORE_DENIED')
}

/** A store that knows no revisions, as over the API, and lists referrers. */
function overApi(store: RepositoryStore, referrers: ReadonlyMap<string, ManifestNode>): RepositoryStore {
  return {
    ...methodsOf(store),
    listRevisions: async () => undefined,
    listReferrers: async (digests) =>
      digests.map((digest): Listing<Digest> => {
        const found = referrers.get(digest)
        return { found: found === undefined ? [] : [parseDigest(found.descriptor.digest)], unreadable: [] }
      }),
  }
}

function methodsOf(store: RepositoryStore): RepositoryStore {
  return {
    listTags: () => store.listTags(),
    listRevisions: () => store.listRevisions(),
    listLayerLinks: () => store.listLayerLinks(),
    resolveTags: (tags) => store.resolveTags(tags),
    readManifests: (digests) => store.readManifests(digests),
    readRemains: (digest) => store.readRemains(digest),
    probeBlobs: (questions) => store.probeBlobs(questions),
  }
}
