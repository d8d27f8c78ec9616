import { describe, expect, it } from 'vitest'
import { isDigest, parseDigest } from '../../src/oci/digest.ts'
import { effectiveMediaType, readManifest } from '../../src/oci/manifest.ts'
import { image, index, json } from '../support/builders/images.ts'
import { fc } from '../support/fast-check.ts'

const NAMES = [
  'schemaVersion',
  'mediaType',
  'manifests',
  'layers',
  'config',
  'fsLayers',
  'blobSum',
  'digest',
  'size',
  'platform',
  'os',
  'architecture',
  'variant',
  'urls',
  'annotations',
  'artifactType',
  '__proto__',
  'constructor',
  'toString',
]

const SOUND = index([image('a', { platform: 'linux/amd64' }), image('b')]).bytes

/** JSON of the right words in any order and of any type: much nearer to a manifest than any JSON would be. */
const { anyValue } = fc.letrec((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(1, 2, 0, -1, 1e300, 0.5, null, true, '', 'application/vnd.oci.image.index.v1+json'),
    fc.constantFrom(`sha256:${'0'.repeat(64)}`, 'blake3:x', 'sha256:../..'),
    fc.string({ unit: 'binary' }),
    fc.array(tie('anyValue'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.string()), tie('anyValue')), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}))

/** Reading ends in one of the four answers, whose parts are of the types they promise. */
function expectAnAnswer(bytes: Uint8Array): void {
  const read = readManifest(bytes)
  if (read.is === 'refused') {
    expect(['unparsable', 'ambiguous', 'media-type-refused']).toContain(read.cause)
    expect(read.detail).toEqual(expect.any(String))
    return
  }
  expect(effectiveMediaType(read)).toMatch(/./s)
  const named = read.is === 'index' ? read.children : read.is === 'image' ? [read.config, ...read.layers] : read.layers
  for (const { digest, size } of named) {
    expect(isDigest(digest)).toBe(true)
    expect(size === undefined || Number.isSafeInteger(size)).toBe(true)
  }
}

describe('reading never throws', () => {
  it('whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), expectAnAnswer), { numRuns: 2000 })
  })

  it('whatever the JSON is', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expectAnAnswer(json(value ?? null))
      }),
      { numRuns: 3000 },
    )
  })

  it('whatever became of one byte of a sound manifest', () => {
    fc.assert(
      fc.property(fc.nat({ max: SOUND.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const bytes = Uint8Array.from(SOUND)
        bytes[at] = byte
        expectAnAnswer(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it('but for the error that says which text was wrong', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(errorOf(() => parseDigest(text))).toBeOneOf([undefined, 'InputError'])
      }),
      { numRuns: 2000 },
    )
  })
})

function errorOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.constructor.name : 'no error at all'
  }
}
