import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readManifest } from '../../src/oci/manifest.ts'
import { MEDIA_TYPE } from '../support/images.ts'

const DIGEST = `"sha256:${'a'.repeat(64)}"`
const LAYER = `{"mediaType":"${MEDIA_TYPE.oci.layer}","digest":${DIGEST},"size":7}`
/** Each value of another spelling than `JSON.parse` tells, or of another type than the field has. */
const VALUES = [
  ...['2', '2.0', '2e0', '1E400', '-0', '0', '-1', '9007199254740993', '9223372036854775807', '9223372036854775808'],
  ...['null', 'true', '""', '":"', '" :x"', '"a:1.5"', '"\\ud800"', '"\\"x\\":1"', '"aGk="', DIGEST],
  ...['[]', '{}', '[1e400]', '[[1.0]]', '[0, -0]', `[${LAYER}]`, `[ ${LAYER} , {} ]`, LAYER],
  `"${MEDIA_TYPE.oci.image}"`,
  `"${MEDIA_TYPE.oci.index}"`,
]
const KEYS = [
  ...['schemaVersion', 'mediaType', 'config', 'layers', 'manifests', 'annotations', 'subject', 'fsLayers', 'history'],
  ...['digest', 'size', 'urls', 'data', 'platform', 'artifactType', 'os', 'os.features', 'x', '__proto__', '1', ':'],
]
const key = fc
  .tuple(fc.constantFrom(...KEYS), fc.constantFrom('as it is', 'as it is', 'as it is', 'capitals', 'long s', 'escaped'))
  .map(([name, spelling]) => {
    if (spelling === 'capitals') return `"${name.toUpperCase()}"`
    if (spelling === 'long s') return `"${name.replace('s', '\u017f')}"`
    return spelling === 'escaped' ? `"${name.replace('i', '\\u0069')}"` : `"${name}"`
  })
const colon = fc.constantFrom(':', ':', ' : ', '\n:\t')
const { value, object } = fc.letrec<{ value: string; object: string }>((tie) => ({
  object: fc
    .array(fc.tuple(key, colon, tie('value')), { maxLength: 5 })
    .map((entries) => `{${entries.map((entry) => entry.join('')).join(',')}}`),
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...VALUES),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(' , ')}]`),
  ),
}))
const documents = fc.tuple(object, fc.array(fc.tuple(key, colon, value), { maxLength: 3 })).map(([config, more]) => {
  const fields = [
    '"schemaVersion":2',
    `"config":${config}`,
    `"layers":[${LAYER}]`,
    ...more.map((each) => each.join('')),
  ]
  return fields.join(',')
})

/** A key that nobody reads, and whose escape makes the reader go the slow way. */
const SLOWLY = '"\\u006eobody":0,'

describe('a document', () => {
  it.each([false, true])('says the same read fast as read slowly (served: %s)', (served) => {
    fc.assert(
      fc.property(documents, (fields) => {
        const fast = readManifest(Buffer.from(`{${fields}}`), { served })
        expect(fast).toEqual(readManifest(Buffer.from(`{${SLOWLY}${fields}}`), { served }))
      }),
      { numRuns: 1_000 },
    )
  })
})
