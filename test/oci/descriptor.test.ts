import { describe, expect, it } from 'vitest'
import { readManifest } from '../../src/oci/manifest.ts'
import { json, MEDIA_TYPE } from '../support/builders/images.ts'

const digest = `sha256:${'0'.repeat(64)}`

/** A descriptor as the only layer of an image: as it is read, or what is said against it. */
function layerOf(value: unknown) {
  const read = readManifest(json({ schemaVersion: 2, config: { digest }, layers: [value] }))
  return read.is === 'image' ? read.layers[0] : read.is === 'refused' ? read.detail : undefined
}

const read = (fields: object) => layerOf({ digest, ...fields })

describe('a descriptor', () => {
  it('says what its parent claims', () => {
    const platform = { os: 'linux', architecture: 'arm', variant: 'v7' }
    expect(read({ mediaType: MEDIA_TYPE.oci.image, size: 7, platform })).toEqual({
      digest,
      mediaType: MEDIA_TYPE.oci.image,
      size: 7,
      platform: 'linux/arm/v7',
      runnable: true,
      foreign: false,
    })
  })

  it('claims nothing of what it does not say', () => {
    const silent = { digest, mediaType: '', size: undefined, platform: undefined, runnable: true, foreign: false }
    expect(read({})).toEqual(silent)
    const nulls = { mediaType: null, size: null, platform: null, urls: null, annotations: null, artifactType: null }
    expect(read(nulls)).toEqual(silent)
  })

  it('keeps a size of zero apart from no size', () => {
    expect(read({ size: 0 })).toMatchObject({ size: 0 })
  })

  it.each([
    ['of two parts', { os: 'linux', architecture: 'amd64' }, 'linux/amd64'],
    ['without an architecture', { os: 'linux' }, 'linux'],
    ['without a system', { architecture: 'amd64' }, 'amd64'],
    ['with fields we do not know', { os: 'windows', architecture: 'amd64', 'os.version': '10' }, 'windows/amd64'],
    ['of nothing', {}, undefined],
    ['of empty text', { os: '', architecture: '', variant: '' }, undefined],
  ])('reads a platform %s', (_, platform, expected) => {
    expect(read({ platform })).toHaveProperty('platform', expected)
  })

  it.each([
    ['an attestation by its platform', { platform: { os: 'unknown', architecture: 'unknown' } }],
    ['an attestation by its annotation', { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }],
    ['an artifact by its type', { artifactType: 'application/vnd.example.sbom' }],
  ])('takes %s for something that does not run', (_, fields) => {
    expect(read(fields)).toMatchObject({ runnable: false })
  })

  it.each([
    ['another annotation', { annotations: { 'vnd.docker.reference.type': 'something-else' } }],
    ['an artifact type that is an image config', { artifactType: MEDIA_TYPE.oci.config }],
    ['an unknown system on a known architecture', { platform: { os: 'unknown', architecture: 'amd64' } }],
  ])('takes %s for something that runs', (_, fields) => {
    expect(read(fields)).toMatchObject({ runnable: true })
  })

  it.each([
    ['its type', { mediaType: MEDIA_TYPE.foreign }, true],
    ['its urls', { urls: ['https://example.com/layer'] }, true],
    ['no urls', { urls: [] }, false],
    ['nothing', {}, false],
  ])('is foreign or not by %s', (_, fields, foreign) => {
    expect(read(fields)).toMatchObject({ foreign })
  })

  it.each([
    ['digest', { digest: 'sha256:short' }, 'layers[0].digest is not a digest'],
    ['digest', { digest: undefined }, 'layers[0].digest is not a digest'],
    ['digest', { digest: 7 }, 'layers[0].digest is not a string'],
    ['mediaType', { mediaType: {} }, 'layers[0].mediaType is not a string'],
    ['size', { size: '7' }, 'layers[0].size is not a number of bytes'],
    ['size', { size: -1 }, 'layers[0].size is not a number of bytes'],
    ['size', { size: 1.5 }, 'layers[0].size is not a number of bytes'],
    ['size', { size: 2 ** 53 }, 'layers[0].size is not a number of bytes'],
    ['platform', { platform: [] }, 'layers[0].platform is not an object'],
    ['platform', { platform: { os: 1 } }, 'layers[0].platform.os is not a string'],
    ['annotations', { annotations: 'x' }, 'layers[0].annotations is not an object'],
    ['artifactType', { artifactType: 1 }, 'layers[0].artifactType is not a string'],
    ['urls', { urls: 'https://example.com' }, 'layers[0].urls is not a list'],
  ])('names the field that is of a wrong type: %s in %j', (_, fields, message) => {
    expect(read(fields)).toBe(message)
  })

  it.each([['text'], [7], [[]], [true]])('is nothing but an object: not %j', (value) => {
    expect(layerOf(value)).toBe('layers[0] is not an object')
  })

  it('of null names nothing', () => {
    expect(layerOf(null)).toBe('layers[0].digest is not a digest')
  })
})
