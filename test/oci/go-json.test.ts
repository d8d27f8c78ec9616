import { describe, expect, it } from 'vitest'
import { readManifest } from '../../src/oci/manifest.ts'
import { MEDIA_TYPE } from '../support/builders/images.ts'

/**
 * The rules of Go's encoding/json, one by one, each on a document that a registry could be sent.
 * A real registry and skopeo are asked about two hundred mixtures of them in `test/e2e/documents.test.ts`.
 */
const A = `sha256:${'a'.repeat(64)}`
const B = `sha256:${'b'.repeat(64)}`
const C = `sha256:${'c'.repeat(64)}`
const CONFIG = `"config":{"mediaType":"${MEDIA_TYPE.oci.config}","digest":"${A}","size":2}`
const HEAD = '"schemaVersion":2'
const layer = (digest: string, more = '') => `{"digest":"${digest}"${more}}`

/** The digests that a document names, or what is said against it and by whom. */
function outcomeOf(text: string, served = false): unknown {
  const read = readManifest(Buffer.from(text), { served })
  if (read.is === 'refused') return `${read.refusedBy}: ${read.detail}`
  const named = read.is === 'index' ? read.children : read.is === 'image' ? [read.config, ...read.layers] : read.layers
  return named.map(({ digest }) => digest)
}

describe('a key', () => {
  it.each([
    ['in capitals', `{"SCHEMAVERSION":2,${CONFIG},"LAYERS":[${layer(B)}]}`],
    ['with one capital', `{"SchemaVersion":2,"Config":{"Digest":"${A}"},"Layers":[{"Digest":"${B}"}]}`],
    ['with a long s', `{"\u017fchemaVer\u017fion":2,${CONFIG},"layer\u017f":[${layer(B)}]}`],
    ['that is escaped', `{"schema\\u0056ersion":2,${CONFIG},"l\\u0061yers":[${layer(B)}]}`],
  ])('%s is the field', (_, text) => {
    expect(outcomeOf(text)).toEqual([A, B])
  })

  it('with a Kelvin sign is a field with a k: it stands in no field of a manifest, and folds to none without', () => {
    expect(outcomeOf(`{${HEAD},${CONFIG},"\u212aonfig":1}`)).toEqual([A])
  })

  it.each([
    ['with a blank', `{${HEAD},${CONFIG},"layers ":[${layer(B)}]}`],
    ['with a dotless i', `{${HEAD},${CONFIG},"conf\u0131g":1}`],
    ['with a letter more', `{${HEAD},${CONFIG},"layerss":1}`],
  ])('%s is none', (_, text) => {
    expect(outcomeOf(text)).toEqual([A])
  })
})

describe('a key that comes twice', () => {
  it.each([
    ['the last value counts', `{${HEAD},${CONFIG},"layers":[${layer(B)}],"layers":[${layer(C)}]}`, [A, C]],
    ['in any spelling', `{${HEAD},${CONFIG},"LAYERS":[${layer(B)}],"layers":[${layer(C)}]}`, [A, C]],
    ['null leaves text alone', `{${HEAD},${CONFIG},"layers":[{"digest":"${B}","digest":null}]}`, [A, B]],
    ['null empties a list', `{${HEAD},${CONFIG},"layers":[${layer(B)}],"Layers":null}`, [A]],
    ['null leaves a struct alone', `{${HEAD},${CONFIG},"config":null}`, [A]],
    ['an object is read into the first', `{${HEAD},${CONFIG},"config":{"size":3}}`, [A]],
    ['so is an element of a list', `{${HEAD},${CONFIG},"layers":[${layer(B)}],"layers":[{"size":1}]}`, [A, B]],
    [
      'even one that was cut off meanwhile',
      `{${HEAD},${CONFIG},"layers":[${layer(B)},${layer(C)}],"layers":[{}],"layers":[{},{}]}`,
      [A, B, C],
    ],
    [
      'but not after an empty list',
      `{${HEAD},${CONFIG},"layers":[${layer(B)}],"layers":[],"layers":[{}]}`,
      'client: layers[0].digest is not a digest',
    ],
    [
      'an overwritten value of the wrong type is still one',
      `{${HEAD},"mediaType":1,"mediaType":"${MEDIA_TYPE.oci.image}",${CONFIG}}`,
      'registry: mediaType is not a string',
    ],
    ['a version is overwritten too', `{"schemaVersion":3,${HEAD},${CONFIG}}`, [A]],
  ])('%s', (_, text, expected) => {
    expect(outcomeOf(text)).toEqual(expected)
  })
})

describe('a value', () => {
  const version = (text: string) => `{"schemaVersion":${text},${CONFIG}}`
  const field = (text: string) => `{${HEAD},${CONFIG},"layers":[${layer(B, `,${text}`)}]}`
  it.each([
    ['an integer with a point', version('2.0'), 'registry: schemaVersion is neither 1 nor 2'],
    ['an integer with an exponent', version('2e0'), 'registry: schemaVersion is neither 1 nor 2'],
    ['an integer as text', version('"2"'), 'registry: schemaVersion is neither 1 nor 2'],
    ['a size above 64 bits', field('"size":9223372036854775808'), 'registry: layers[0].size is not a number of bytes'],
    ['a size with a point', field('"size":2.0'), 'registry: layers[0].size is not a number of bytes'],
    [
      'an annotation that is a number',
      field('"annotations":{"a":1}'),
      'registry: layers[0].annotations has a value that is not a string',
    ],
    ['numbers in urls', field('"urls":[1]'), 'registry: layers[0].urls[0] is not a string'],
    [
      'features that are text',
      field('"platform":{"os.features":"x"}'),
      'registry: layers[0].platform.os.features is not a list',
    ],
    ['data that is no base64', field('"data":"aGk"'), 'client: layers[0].data is not base64'],
    ['data that holds a large number', field('"data":[256]'), 'client: layers[0].data is not base64'],
    ['a subject that is text', `{${HEAD},${CONFIG},"subject":"x"}`, 'client: subject is not an object'],
    [
      'a number that no float holds',
      `{${HEAD},${CONFIG},"config":{"x":1e999}}`,
      'client: config holds a number that is too large',
    ],
    [
      'an image with manifests',
      `{${HEAD},"mediaType":"${MEDIA_TYPE.oci.image}",${CONFIG},"manifests":[]}`,
      'client: config and layers beside manifests',
    ],
    [
      'an index with layers',
      `{${HEAD},"mediaType":"${MEDIA_TYPE.oci.index}","manifests":[],"layers":[]}`,
      'client: both manifests and layers',
    ],
    ['an index with a config', `{${HEAD},"manifests":[],"config":{}}`, 'client: manifests beside config'],
  ])('that is refused: %s', (_, text, expected) => {
    expect(outcomeOf(text)).toBe(expected)
  })

  it.each([
    ['null for text', field('"mediaType":null')],
    ['null in a map', field('"annotations":{"a":null}')],
    ['line breaks in base64', field('"data":"aG\\nk="')],
    ['bytes as a list', field('"data":[104,105]')],
    ['a field that nobody reads', `{${HEAD},${CONFIG},"layers":[${layer(B)}],"custom":1e999}`],
    ['half a surrogate pair', field('"mediaType":"\\ud800"')],
    [
      'a Docker layer of a type that is not Docker’s: docker and containerd pull it, though skopeo does not',
      `{${HEAD},"mediaType":"${MEDIA_TYPE.docker.image}",${CONFIG},"layers":[${layer(B)}]}`,
    ],
    ['a subject of null', `{${HEAD},${CONFIG},"layers":[${layer(B)}],"subject":null}`],
    [
      'lists of other kinds that are null',
      `{${HEAD},${CONFIG},"layers":[${layer(B)}],"manifests":null,"history":null}`,
    ],
  ])('that is taken: %s', (_, text) => {
    expect(outcomeOf(text)).toEqual([A, B])
  })
})

describe('a text', () => {
  const nested = (depth: number) => `{${HEAD},${CONFIG},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`

  it('may be nested 10,000 levels deep, itself included, and no deeper', () => {
    expect(outcomeOf(nested(9_999))).toEqual([A])
    expect(outcomeOf(nested(10_000))).toBe('registry: nested deeper than 10000 levels')
    expect(outcomeOf(nested(1_000_000))).toBe('registry: nested deeper than 10000 levels')
  })

  it.each([
    ['a control character in a string', `{"x":"a\nb",${HEAD},${CONFIG}}`],
    ['more after it', `{${HEAD},${CONFIG}} 1`],
    ['a number that begins with 0', `{"x":01,${HEAD},${CONFIG}}`],
    ['a byte order mark', `\ufeff{${HEAD},${CONFIG}}`],
    ['a blank that JSON does not know', `\u00a0{${HEAD},${CONFIG}}`],
    ['a string without an end', `{"SchemaVersion":2,"x`],
    ['nothing after a key', `{"SchemaVersion"`],
    ['a bracket of the other kind', `{"SchemaVersion":[2}`],
  ])('is refused with %s, read fast or slowly', (_, text) => {
    expect(outcomeOf(text)).toMatch(/^registry: /)
    expect(outcomeOf(`${text}${' '.repeat(30_000)}`)).toMatch(/^registry: /)
  })

  it('says the same read slowly as read fast', () => {
    const fast = `{${HEAD},${CONFIG},"layers":[${layer(B, ',"size":3,"annotations":{"a":"\\"\\\\"}')}]}`
    const slow = `{${' '.repeat(30_000)}${fast.slice(1)}`
    expect(readManifest(Buffer.from(slow))).toEqual(readManifest(Buffer.from(fast)))
  })

  it('with a hundred thousand equal keys is read in no time', () => {
    const started = performance.now()
    expect(outcomeOf(`{${HEAD},${'"layers":null,'.repeat(100_000)}${CONFIG}}`)).toEqual([A])
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('an OCI artifact manifest', () => {
  const text = `{"mediaType":"application/vnd.oci.artifact.manifest.v1+json","blobs":[${layer(B)}]}`

  it('is read where a registry serves it', () => {
    expect(outcomeOf(text, true)).toEqual([B])
    expect(outcomeOf(text.replace('"blobs"', '"Blobs"'), true)).toEqual([B])
    expect(outcomeOf(text.replace('[{', '[1,{'), true)).toBe('client: blobs[0] is not an object')
  })

  it('is refused on storage, because distribution refuses it', () => {
    expect(outcomeOf(text)).toBe('registry: application/vnd.oci.artifact.manifest.v1+json')
  })
})
