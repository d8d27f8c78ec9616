import { describe, expect, it } from 'vitest'
import { effectiveMediaType, type Manifest, readManifest } from '../../src/oci/manifest.ts'
import { artifact, attestationFor, digestOf, image, index, json, MEDIA_TYPE } from '../support/builders/images.ts'

const read = (document: unknown) => readManifest(json(document))
const layerDigest = digestOf(Buffer.from('layer'))
const config = { mediaType: MEDIA_TYPE.oci.config, digest: digestOf(Buffer.from('{}')), size: 2 }

/** What a document is, in a word, and what it needs. */
function summary(document: ReturnType<typeof readManifest>): unknown {
  switch (document.is) {
    case 'image':
      return { image: [document.config.digest, ...document.layers.map(({ digest }) => digest)] }
    case 'index':
      return { index: document.children.map(({ digest }) => digest) }
    case 'schema1':
      return { schema1: document.layers.map(({ digest }) => digest) }
    case 'artifact':
      return { artifact: document.layers.map(({ digest }) => digest) }
    case 'refused':
      return { [document.cause]: document.detail }
  }
}

describe('a manifest', () => {
  it.each(['oci', 'docker'] as const)('is read as the %s image that it is', (flavour) => {
    const node = image('x', { flavour })
    const read = readManifest(node.bytes)
    expect(summary(read)).toEqual({
      image: [node.config.descriptor.digest, ...node.layers.map(({ descriptor }) => descriptor.digest)],
    })
    expect(read).toMatchObject({ mediaType: MEDIA_TYPE[flavour].image, runnable: true })
  })

  it.each(['oci', 'docker'] as const)('is read as the %s index that it is', (flavour) => {
    const children = [image('a', { platform: 'linux/amd64' }), image('b', { platform: 'linux/arm/v7' })]
    const read = readManifest(index(children, { flavour }).bytes)
    expect(summary(read)).toEqual({ index: children.map(({ descriptor }) => descriptor.digest) })
    expect(read.is === 'index' && read.children.map(({ platform }) => platform)).toEqual([
      'linux/amd64',
      'linux/arm/v7',
    ])
  })

  it.each([
    ['an image that does not name its type', { schemaVersion: 2, config, layers: [] }, { image: [config.digest] }],
    [
      'an image without layers',
      { schemaVersion: 2, mediaType: MEDIA_TYPE.oci.image, config },
      { image: [config.digest] },
    ],
    ['an index that does not name its type', { schemaVersion: 2, manifests: [config] }, { index: [config.digest] }],
    ['an empty index', { schemaVersion: 2, mediaType: MEDIA_TYPE.oci.index, manifests: [] }, { index: [] }],
    [
      'an index whose list is null',
      { schemaVersion: 2, mediaType: MEDIA_TYPE.oci.index, manifests: null },
      { index: [] },
    ],
    [
      'an image beside a list that is null',
      { schemaVersion: 2, config, layers: [], manifests: null },
      { image: [config.digest] },
    ],
    [
      'a missing subject, which is lawful',
      { schemaVersion: 2, config, subject: { digest: layerDigest } },
      { image: [config.digest] },
    ],
    ['custom fields', { schemaVersion: 2, config, x: { y: [1] } }, { image: [config.digest] }],
    ['inline data', { schemaVersion: 2, config: { ...config, data: 'e30=' } }, { image: [config.digest] }],
    ['schema 1', { schemaVersion: 1, fsLayers: [{ blobSum: layerDigest }] }, { schema1: [layerDigest] }],
    ['schema 1 without layers', { schemaVersion: 1 }, { schema1: [] }],
  ])('is read where it is %s', (_, document, expected) => {
    expect(summary(read(document))).toEqual(expected)
  })

  it('that is an artifact does not run, whether its config or an attestation says so', () => {
    const chart = readManifest(artifact('chart', 'application/vnd.example.chart').bytes)
    expect(chart).toMatchObject({ is: 'image', runnable: false })
    const attestation = readManifest(index([attestationFor(image('x'))]).bytes)
    expect(attestation.is === 'index' && attestation.children.map(({ runnable }) => runnable)).toEqual([false])
  })
})

describe('a document that is no manifest', () => {
  it.each([
    ['is a list', [], 'the document is not an object'],
    ['is null', null, 'the document is not an object'],
    ['is text', 'x', 'the document is not an object'],
    ['has no version', {}, 'schemaVersion is neither 1 nor 2'],
    ['has a version as text', { schemaVersion: '2', config }, 'schemaVersion is neither 1 nor 2'],
    ['has version 3', { schemaVersion: 3, config }, 'schemaVersion is neither 1 nor 2'],
    ['names no config', { schemaVersion: 2, layers: [] }, 'config is not an object'],
    ['has a type that is no text', { schemaVersion: 2, mediaType: 1, config }, 'mediaType is not a string'],
    ['has layers that are no list', { schemaVersion: 2, config, layers: {} }, 'layers is not a list'],
    ['has a layer that is no object', { schemaVersion: 2, config, layers: [config, 1] }, 'layers[1] is not an object'],
    [
      'has children that are no list',
      { schemaVersion: 2, mediaType: MEDIA_TYPE.oci.index, manifests: {} },
      'manifests is not a list',
    ],
    ['has a child without a digest', { schemaVersion: 2, manifests: [{}] }, 'manifests[0].digest is not a digest'],
    [
      'has a schema 1 layer without a digest',
      { schemaVersion: 1, fsLayers: [{}] },
      'fsLayers[0].digest is not a digest',
    ],
  ])('is unparsable where it %s', (_, document, detail) => {
    expect(read(document)).toMatchObject({ is: 'refused', cause: 'unparsable', detail })
  })

  it.each([
    ['nothing', ''],
    ['half a document', '{"schemaVersion": 2, "config"'],
    ['a byte order mark before it', `\ufeff${JSON.stringify({ schemaVersion: 2, config })}`],
    ['a second document after it', '{} {}'],
    ['a NUL after it', `${JSON.stringify({ schemaVersion: 2, config })}\0`],
    ['brackets, a million deep', '['.repeat(1_000_000)],
  ])('is unparsable where it is %s', (_, text) => {
    expect(readManifest(Buffer.from(text))).toMatchObject({ is: 'refused', cause: 'unparsable' })
  })

  it.each([
    ['an image', { mediaType: MEDIA_TYPE.oci.image, config }],
    ['an index', { mediaType: MEDIA_TYPE.oci.index }],
    ['nothing', {}],
    ['something unknown', { mediaType: 'application/vnd.example' }],
  ])('is ambiguous with both lists, even where it calls itself %s', (_, fields) => {
    const both = { schemaVersion: 2, ...fields, manifests: [], layers: [] }
    expect(read(both)).toMatchObject({ is: 'refused', cause: 'ambiguous', detail: 'both manifests and layers' })
  })

  it('is refused by its type where the reference server does not serve that type', () => {
    const document = { schemaVersion: 2, mediaType: 'application/vnd.example.v1+json', config, layers: [] }
    expect(read(document)).toMatchObject({
      is: 'refused',
      cause: 'media-type-refused',
      refusedBy: 'registry',
      detail: 'application/vnd.example.v1+json',
    })
  })

  it('takes no field from a prototype', () => {
    const text = JSON.stringify({ schemaVersion: 2, layers: [] }).replace(
      '{',
      `{"__proto__":{"config":${JSON.stringify(config)}},`,
    )
    expect(readManifest(Buffer.from(text))).toMatchObject({ is: 'refused', cause: 'unparsable' })
  })
})

describe('the media type in effect', () => {
  it.each([
    ['its own', { schemaVersion: 2, mediaType: MEDIA_TYPE.docker.image, config }, MEDIA_TYPE.docker.image],
    ['an OCI image', { schemaVersion: 2, config }, MEDIA_TYPE.oci.image],
    ['an OCI index', { schemaVersion: 2, manifests: [] }, MEDIA_TYPE.oci.index],
    ['signed schema 1', { schemaVersion: 1 }, MEDIA_TYPE.schema1],
  ])('is %s', (_, document, type) => {
    expect(effectiveMediaType(read(document) as Manifest)).toBe(type)
  })
})
