import { describe, expect, it } from 'vitest'
import { type BlobNode, digestOf, image, index, json, layer } from '../../../support/builders/images.ts'
import { targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { type Quirk, simulateRegistry } from '../../../support/simulated/registry.ts'

const MIB = 1024 * 1024
const ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json'
const node = image('artifact and size')

interface Served {
  readonly code: number
  readonly proof: string
  readonly target: ReturnType<typeof targetIn>
}

/** What `scan` and `check` say of `app:latest` where these bytes are the manifest, and these the blobs and children. */
async function served(
  manifest: { readonly bytes: Buffer; readonly mediaType: string },
  others: ReadonlyMap<string, Buffer> = new Map(),
): Promise<Served> {
  const digest = digestOf(manifest.bytes)
  const quirk: Quirk = ({ path, method }, response) => {
    const [, kind, reference = ''] = /\/v2\/app\/(manifests|blobs)\/(.+)$/.exec(path.pathname) ?? []
    if (kind === undefined) return false
    const isRoot = kind === 'manifests' && (reference === 'latest' || reference === digest)
    const body = isRoot ? manifest.bytes : others.get(decodeURIComponent(reference))
    if (body === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(`{"errors":[{"code":"${kind === 'blobs' ? 'BLOB' : 'MANIFEST'}_UNKNOWN"}]}`)
      return true
    }
    const type = kind === 'blobs' ? 'application/octet-stream' : isRoot ? manifest.mediaType : node.descriptor.mediaType
    response.writeHead(200, {
      'content-type': type,
      'content-length': String(body.byteLength),
      'docker-content-digest': isRoot ? digest : reference,
    })
    response.end(method === 'HEAD' ? undefined : body)
    return true
  }
  const registry = await simulateRegistry(node, quirk)
  try {
    const flags = ['--recheck-delay=0', '--request-timeout=20s']
    const scanned = await regfsckHere(['scan', '--output=json', '--all-tags', ...flags, registry.url])
    const checked = await regfsckHere(['check', ...flags, `${registry.url}/app:latest`])
    return { code: scanned.code, proof: checked.stdout, target: targetIn(scanned) }
  } finally {
    await registry.stop()
  }
}

describe('simulated: an OCI artifact manifest', () => {
  const blob = layer('sbom', 120, 'application/spdx+json')
  const bytes = json({ mediaType: ARTIFACT, artifactType: 'application/vnd.example.sbom', blobs: [blob.descriptor] })
  const held = (blobs: readonly BlobNode[]) => new Map(blobs.map((each) => [each.descriptor.digest, each.bytes]))

  it('under a tag is intact if its blobs are', async () => {
    const { code, proof, target } = await served({ bytes, mediaType: ARTIFACT }, held([blob]))
    expect(target).toMatchObject({ complete: true, findings: [], tags: [{ tag: 'latest', verdict: 'intact' }] })
    expect([code, proof]).toEqual([0, expect.stringContaining(digestOf(bytes))])
  })

  it('with a missing blob is unpullable', async () => {
    const { code, proof, target } = await served({ bytes, mediaType: ARTIFACT })
    expect(target.findings).toMatchObject([{ code: 'layer-missing', digest: blob.descriptor.digest, tags: ['latest'] }])
    expect([code, proof]).toEqual([1, ''])
  })
})

describe('simulated: a registry that serves manifests of any size', () => {
  const blobs = [node.config, ...node.layers].map((each): [string, Buffer] => [each.descriptor.digest, each.bytes])
  const { mediaType } = node.descriptor
  const padded = (size: number) => Buffer.concat([node.bytes, Buffer.alloc(size - node.bytes.byteLength, ' ')])

  it('verifies one of 4 MiB', async () => {
    const bytes = padded(4 * MIB)
    const { code, proof } = await served({ bytes, mediaType }, new Map(blobs))
    expect([code, proof]).toEqual([0, expect.stringContaining(digestOf(bytes))])
  })

  it('does not verify a larger one, which skopeo, podman and CRI-O refuse', async () => {
    const { code, proof, target } = await served({ bytes: padded(4 * MIB + 1), mediaType }, new Map(blobs))
    expect(target.findings).toMatchObject([
      { code: 'manifest-damaged', cause: 'too-large', evidence: { refusedBy: 'client', measuredSize: 4 * MIB + 1 } },
    ])
    expect([code, proof]).toEqual([1, ''])
  })

  it('leaves one over our size limit unchecked, and the scan incomplete', async () => {
    const { code, proof, target } = await served({ bytes: padded(17 * MIB), mediaType }, new Map(blobs))
    expect(target).toMatchObject({ complete: false, findings: [], unchecked: [{ because: 'TOO_LARGE' }] })
    expect(target.tags).toMatchObject([{ verdict: 'unchecked' }])
    expect([code, proof]).toEqual([3, ''])
  })

  it('reports a child larger than its claimed size as damaged, however large', async () => {
    const root = index([node])
    const others = new Map([...blobs, [node.descriptor.digest, padded(17 * MIB)]])
    const { code, proof, target } = await served({ bytes: root.bytes, mediaType: root.descriptor.mediaType }, others)
    expect(target.findings).toMatchObject([
      {
        code: 'manifest-damaged',
        digest: node.descriptor.digest,
        evidence: { claimedSize: node.bytes.byteLength },
        tags: ['latest'],
      },
    ])
    expect([code, proof]).toEqual([1, ''])
  })
})
