import { describe, expect, it } from 'vitest'
import type { Rules } from '../../../src/check/rules.ts'
import {
  artifact,
  attestationFor,
  blob,
  contentOf,
  describedBy,
  digestOf,
  image,
  index,
  json,
  layer,
  type ManifestNode,
  MEDIA_TYPE,
} from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { check, REPOSITORY, verdicts } from '../scene.ts'

const amd64 = image('amd64', { platform: 'linux/amd64' })
const docker = image('docker', { flavour: 'docker' })
const subject = { mediaType: MEDIA_TYPE.oci.image, digest: digestOf(Buffer.from('never pushed')), size: 7 }
const unnamed = { fields: { mediaType: undefined } }

const SHAPES: Readonly<Record<string, ManifestNode>> = {
  'an OCI image': amd64,
  'a Docker image': docker,
  'a Docker list': index([docker], { flavour: 'docker' }),
  'an OCI index of a Docker image': index([docker, amd64]),
  'an index in an index in an index': index([index([index([amd64]), amd64])]),
  'an empty index': index([]),
  'an index that names a child twice': index([amd64, amd64]),
  'an index without a media type': index([amd64], unnamed),
  'an image without a media type': image('unnamed', unnamed),
  'an index whose children claim no type and no size': index([
    describedBy(amd64, { mediaType: undefined, size: undefined }),
  ]),
  'an index with an attestation': index([amd64, attestationFor(amd64)]),
  'an artifact': artifact('chart', 'application/vnd.example.chart'),
  'an artifact without layers': artifact('empty', 'application/vnd.example.empty', { layers: [] }),
  'a signature whose subject is missing': artifact('signature', 'application/vnd.example.sig', { fields: { subject } }),
  'an index with a subject that is missing': index([amd64], { fields: { subject } }),
  'a config of unknown type': image('odd', { config: blob(Buffer.from('{"x":1}'), 'application/vnd.example.config') }),
  'a config that is no JSON': image('raw', { config: blob(contentOf('raw', 9), MEDIA_TYPE.oci.config) }),
  'a layer of unknown type': image('odd layer', { layers: [layer('odd', 30, 'application/vnd.example.layer')] }),
  'a layer without a type': image('typeless', { layers: [describedBy(layer('typeless'), { mediaType: undefined })] }),
  'a layer without a claimed size': image('sizeless', {
    layers: [describedBy(layer('sizeless'), { size: undefined })],
  }),
  'a layer that is named twice': image('twice', { layers: [layer('twice'), layer('twice')] }),
  'a config that is a layer too': image('both', { layers: [image('both').config] }),
  'an empty layer': image('empty layer', { layers: [blob(Buffer.alloc(0), MEDIA_TYPE.oci.layer)] }),
  'inline data': image('data', { config: blob(Buffer.from('{}'), MEDIA_TYPE.empty, { data: 'e30=' }) }),
  'a foreign layer that is held all the same': image('held', { layers: [layer('held', 20, MEDIA_TYPE.foreign)] }),
  'a foreign layer that is not held': image('foreign', {
    layers: [{ ...layer('foreign', 20, MEDIA_TYPE.foreign), absent: true }],
  }),
  'a platform with everything': index([
    describedBy(amd64, { platform: { os: 'windows', architecture: 'arm', variant: 'v7', 'os.version': '10' } }),
  ]),
  'annotations and fields of its own': image('fields', { fields: { annotations: { a: 'b' }, 'x-own': [{ y: null }] } }),
  'a manifest of 3.9 MB': image('large', { fields: { annotations: { long: 'x'.repeat(3_900_000) } } }),
}

const ALL_RULES: readonly Partial<Rules>[] = [
  { depth: 'graph' },
  { depth: 'blobs' },
  { depth: 'content' },
  { roots: 'revisions' },
  { engine: '2.8' },
  { engine: '3' },
  { pullThrough: true },
  { sparse: true },
]

describe('an allowed shape gives no finding, is intact, and leaves nothing unchecked', () => {
  it.each(Object.keys(SHAPES))('%s', async (shape) => {
    const node = SHAPES[shape] ?? amd64
    const registry = new MemoryRegistry()
    registry.push(REPOSITORY, node, 'tag')
    for (const rules of ALL_RULES) {
      const report = await check(registry, rules)
      expect([report.findings, report.unchecked, verdicts(report)]).toEqual([[], [], { tag: 'intact' }])
    }
  })

  it.each(['sha256-0123.sig', 'sha256-0123.att', `sha256-${'0'.repeat(64)}`])(
    'under a fallback tag such as %s',
    async (tag) => {
      const registry = new MemoryRegistry()
      registry.push(REPOSITORY, artifact('signature', 'application/vnd.example.sig', { fields: { subject } }), tag)
      const report = await check(registry)
      expect([report.findings, verdicts(report)]).toEqual([[], { [tag]: 'intact' }])
    },
  )

  it('schema 1 without --engine: reports only engine-dependent', async () => {
    const registry = new MemoryRegistry()
    const layers = ['one', 'two'].map((text) => ({ blobSum: registry.putBlob(REPOSITORY, Buffer.from(text)) }))
    registry.putManifest(REPOSITORY, json({ schemaVersion: 1, fsLayers: layers }), 'old')
    for (const depth of ['graph', 'blobs', 'content'] as const) {
      const report = await check(registry, { depth })
      expect(report.findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning engine-dependent'])
      expect(verdicts(report)).toEqual({ old: 'intact' })
    }
  })
})
