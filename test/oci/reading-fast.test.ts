import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readInFull } from '../../src/oci/manifest.ts'
import { readPlainManifest } from '../../src/oci/plain-manifest.ts'
import { MEDIA_TYPE } from '../support/builders/images.ts'
import { oddDocument } from '../support/builders/odd-documents.ts'
import { unusualDocuments } from '../support/builders/unusual-documents.ts'
import { countIn } from '../support/count-in.ts'
import { fc } from '../support/fast-check.ts'

const A = `sha256:${'a1'.repeat(32)}`
const B = `sha256:${'b2'.repeat(32)}`
const { oci, docker } = MEDIA_TYPE
/** The first of the thirty thousand that `npm run test:slow` tries. */
const RUNS = countIn('UNUSUAL_DOCUMENT_COUNT', 6_000)

/** How many documents of a kind were read fast. */
class Tally {
  fast = 0
  all = 0

  /** What the fast reader says is what the full one says, in every field, of a registry's storage and of what one serves. */
  add(bytes: Buffer): void {
    this.all++
    const fast = readPlainManifest(bytes)
    if (fast === undefined) return
    this.fast++
    for (const served of [false, true]) {
      const full = readInFull(bytes, { served })
      if (!isDeepStrictEqual(fast, full)) expect({ text: bytes.toString('latin1'), is: fast }).toEqual({ is: full })
    }
  }

  get share(): number {
    return this.fast / this.all
  }
}

describe('a document that is read fast', () => {
  it('says the same read in full, whatever is unusual about it', () => {
    const tally = new Tally()
    fc.assert(
      fc.property(unusualDocuments, (bytes) => {
        tally.add(bytes)
      }),
      { numRuns: RUNS },
    )
    expect(tally.all).toBeGreaterThanOrEqual(RUNS)
    // Of neither kind so few that nothing would be shown.
    expect(tally.share).toBeGreaterThan(0.2)
    expect(tally.share).toBeLessThan(0.8)
  })

  it('says the same read in full, of those that a registry and skopeo are asked about', () => {
    const tally = new Tally()
    for (let n = 0; n < 2_000; n++) tally.add(oddDocument(n).bytes)
    expect(tally.share).toBeGreaterThan(0.1)
  })
})

describe('the fast way is taken by', () => {
  const config = { mediaType: oci.config, digest: A, size: 7023 }
  const layer = { mediaType: oci.layer, digest: B, size: 1 }
  const image = { schemaVersion: 2, mediaType: oci.image, config, layers: [layer, layer] }
  const child = { mediaType: oci.image, digest: A, size: 480 }
  it.each<[string, object]>([
    ['an image', image],
    ['an image without layers', { ...image, layers: [] }],
    ['an image without a media type', { schemaVersion: 2, config, layers: [layer] }],
    [
      'an image of Docker, with a layer kept elsewhere',
      {
        schemaVersion: 2,
        mediaType: docker.image,
        config: { mediaType: docker.config, size: 7023, digest: A },
        layers: [{ mediaType: MEDIA_TYPE.foreign, size: 1, digest: B, urls: ['https://example.org/layer'] }],
      },
    ],
    [
      'an artifact with a subject, inline data and annotations',
      {
        ...image,
        artifactType: 'application/vnd.example',
        config: { mediaType: MEDIA_TYPE.empty, digest: A, size: 2, data: 'e30=' },
        layers: [{ ...layer, annotations: { 'org.opencontainers.image.title': 'a "b": 1'.replaceAll('"', "'") } }],
        subject: child,
        annotations: { 'org.opencontainers.image.created': '2026-11-20T12:00:00Z' },
      },
    ],
    [
      'an index with an attestation, a variant and a version of Windows',
      {
        schemaVersion: 2,
        mediaType: oci.index,
        manifests: [
          { ...child, platform: { architecture: 'arm', os: 'linux', variant: 'v7' } },
          {
            ...child,
            platform: { architecture: 'amd64', os: 'windows', 'os.version': '10.0.1', 'os.features': ['win32k'] },
          },
          {
            ...child,
            annotations: { 'vnd.docker.reference.digest': B, 'vnd.docker.reference.type': 'attestation-manifest' },
            platform: { architecture: 'unknown', os: 'unknown' },
          },
        ],
        annotations: {},
      },
    ],
    ['an index without a media type', { schemaVersion: 2, manifests: [child] }],
    ['a list of Docker', { schemaVersion: 2, mediaType: docker.index, manifests: [{ ...child, digest: B }] }],
  ])('%s', (_, value) => {
    for (const indent of [0, 1, 3, '\t']) {
      const bytes = Buffer.from(JSON.stringify(value, undefined, indent))
      const fast = readPlainManifest(bytes)
      expect(fast).toBeDefined()
      expect(fast).toEqual(readInFull(bytes, { served: false }))
    }
  })
})
