import { fc } from '../fast-check.ts'
import { MEDIA_TYPE } from './images.ts'

/** A JSON text under construction: a key can come twice, and every key and value stays as it is spelt. */
type Text = string | { readonly list: Text[] } | { readonly object: [key: string, value: Text][] }

const DIGEST = `"sha256:${'a'.repeat(64)}"`
const LAYER = `{"mediaType":"${MEDIA_TYPE.oci.layer}","digest":${DIGEST},"size":7}`
/** Of another spelling than `JSON.parse` tells, of another type than most fields have, or only odd. */
const VALUES = [
  ...[
    '2',
    '2.0',
    '2e0',
    '1E400',
    '-0',
    '0',
    '-1',
    '02',
    '9007199254740993',
    '9223372036854775807',
    '9223372036854775808',
  ],
  ...['999999999999999', '1000000000000000', 'null', 'true', 'nul', '""', '":"', '" :x"', '"a:1.5"', '"\\ud800"'],
  ...['"\\"x\\":1"', '"aGk="', '"aGk"', '"\\u0061"', '"\ttab"', '"\u007f"', '"\u00e9"', '"\\x"', DIGEST, '"sha512:00"'],
  ...[
    DIGEST.toUpperCase(),
    DIGEST.replace('a"', 'g"'),
    DIGEST.replace('a"', '\u0430"'),
    '"blake3:x"',
    'tr',
    '"unfinished',
  ],
  ...[
    '[]',
    '{}',
    '[1e400]',
    '[[1.0]]',
    '[0, -0]',
    `[${LAYER}]`,
    `[ ${LAYER} , {} ]`,
    LAYER,
    '["a:\\"b\\":"]',
    '{"a":1}',
  ],
  ...[
    '[null]',
    '["a"]',
    '{"a":null}',
    '{"a":"b","a":"c"}',
    '{"vnd.docker.reference.type":1}',
    '['.repeat(60) + ']'.repeat(60),
  ],
  ...[MEDIA_TYPE.oci.image, MEDIA_TYPE.oci.index, MEDIA_TYPE.docker.image, MEDIA_TYPE.schema1].map(
    (type) => `"${type}"`,
  ),
]
const KEYS = [
  ...['schemaVersion', 'mediaType', 'config', 'layers', 'manifests', 'annotations', 'subject', 'fsLayers', 'history'],
  ...['digest', 'size', 'urls', 'data', 'platform', 'artifactType', 'os', 'os.features', 'os.version', 'architecture'],
  ...['features', 'variant', 'vnd.docker.reference.type', 'blobs', 'x', '__proto__', '1', ':', '', 'k', 'a":"b'],
]

const anyDigest = fc.stringMatching(/^[a-f0-9]{4}$/).map((hex) => `"sha256:${hex.repeat(16)}"`)
const words = fc
  .array(fc.constantFrom('"win32k"', '"https://example.org/a:b"'), { maxLength: 2 })
  .map((list) => ({ list }))
const annotations = usually(
  {
    'vnd.docker.reference.type': fc.constant('"attestation-manifest"'),
    'org.opencontainers.image.title': fc.constantFrom('"a: \'b\', {c} [d]"', '":"', '"x"'),
    'com.example': fc.constantFrom('"\u00e4"', '"\\u00e4"', '"a \\"b\\": 2.0"', ...Array<string>(30).fill('"x"')),
  },
  [],
)
const platform = usually(
  {
    architecture: fc.constantFrom('"amd64"', '"arm"', '"unknown"', '""'),
    os: fc.constantFrom('"linux"', '"windows"', '"unknown"', '""'),
    'os.version': fc.constant('"10.0.20348.2700"'),
    'os.features': words,
    variant: fc.constantFrom('"v7"', '""'),
  },
  ['architecture', 'os'],
)

function usually(fields: Readonly<Record<string, fc.Arbitrary<Text>>>, requiredKeys: string[]): fc.Arbitrary<Text> {
  return fc.record(fields, { requiredKeys }).map((values) => ({
    object: Object.entries(values).map(([key, value]): [string, Text] => [`"${key}"`, value as Text]),
  }))
}

function descriptor(...mediaTypes: string[]): fc.Arbitrary<Text> {
  return usually(
    {
      mediaType: fc.constantFrom(...mediaTypes.map((each) => `"${each}"`)),
      digest: anyDigest,
      size: fc.nat({ max: 1e9 }).map(String),
      urls: words,
      annotations,
      data: fc.constantFrom('"e30="', '""'),
      platform,
      artifactType: fc.constantFrom('"application/vnd.example"', `"${MEDIA_TYPE.oci.config}"`),
    },
    ['mediaType', 'digest', 'size'],
  )
}

function descriptors(...mediaTypes: string[]): fc.Arbitrary<Text> {
  return fc.array(descriptor(...mediaTypes), { maxLength: 3 }).map((list) => ({ list }))
}

/** As tools write them. */
const usual = fc.constantFrom(MEDIA_TYPE.oci, MEDIA_TYPE.docker).chain((types) => {
  const both = {
    schemaVersion: fc.constant('2'),
    annotations,
    subject: descriptor(types.image),
    artifactType: fc.constant('"application/vnd.example"'),
  }
  const image = {
    mediaType: fc.constant(`"${types.image}"`),
    config: descriptor(types.config, MEDIA_TYPE.empty),
    layers: descriptors(types.layer, MEDIA_TYPE.foreign),
  }
  const index = { mediaType: fc.constant(`"${types.index}"`), manifests: descriptors(types.image, types.index) }
  return fc.oneof(
    usually({ ...both, ...image }, ['schemaVersion', 'config', 'layers']),
    usually({ ...both, ...index }, ['schemaVersion', 'manifests']),
  )
})

/** What is done to one object, and to which of its keys. */
const change = fc.record({
  what: fc.constantFrom('respell', 'repeat', 'repeat', 'retype', 'retype', 'add', 'remove'),
  object: fc.nat(),
  entry: fc.nat(),
  first: fc.boolean(),
  spelling: fc.constantFrom('as it is', 'as it is', 'capitals', 'capital', 'long s', 'escaped', 'with a blank'),
  key: fc.constantFrom(...KEYS),
  value: fc.option(fc.constantFrom(...VALUES)),
})

function respelt(key: string, spelling: string): string {
  if (spelling === 'capitals') return key.toUpperCase()
  if (spelling === 'capital') return key.replace(/\w/, (letter) => letter.toUpperCase())
  if (spelling === 'long s') return key.replace('s', '\u017f')
  if (spelling === 'with a blank') return key.replace(/"$/, ' "')
  return spelling === 'escaped' ? key.replace('i', '\\u0069').replace('a', '\\u0061') : key
}

function apply(root: Text, done: typeof change extends fc.Arbitrary<infer T> ? T : never): void {
  const objects = objectsIn(root)
  const object = objects[done.object % objects.length]
  const entry = object?.[done.entry % object.length]
  if (object === undefined) return
  const put = (key: string, value: Text) => object.splice(done.first ? 0 : object.length, 0, [key, value])
  if (done.what === 'add') put(respelt(`"${done.key}"`, done.spelling), done.value ?? 'null')
  if (entry === undefined) return
  const [key, value] = entry
  if (done.what === 'respell') entry[0] = respelt(key, done.spelling)
  if (done.what === 'repeat') put(respelt(key, done.spelling), done.value ?? structuredClone(value))
  if (done.what === 'retype') entry[1] = done.value ?? 'null'
  if (done.what === 'remove') object.splice(object.indexOf(entry), 1)
}

function objectsIn(text: Text): [string, Text][][] {
  if (typeof text === 'string') return []
  if ('list' in text) return text.list.flatMap(objectsIn)
  return [text.object, ...text.object.flatMap(([, value]) => objectsIn(value))]
}

function written(text: Text, blank: string): string {
  if (typeof text === 'string') return text
  if ('list' in text) return `[${text.list.map((each) => blank + written(each, blank)).join(`${blank},`)}${blank}]`
  const entries = text.object.map(([key, value]) => `${blank}${key}${blank}:${blank}${written(value, blank)}`)
  return `{${entries.join(`${blank},`)}${blank}}`
}

/** What is done to the bytes; mostly nothing. */
const damage = fc.oneof(
  { weight: 8, arbitrary: fc.constant((bytes: Buffer): Buffer => bytes) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 1, 2, 3), fc.nat(), fc.nat({ max: 255 }))
      .map(([lost, at, byte]) => (bytes: Buffer) => {
        const place = at % bytes.length
        return Buffer.concat([bytes.subarray(0, place), Buffer.of(byte), bytes.subarray(place + lost)])
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('\ufeff', ' \r\n', '', '\0', '['), fc.constantFrom('', '\n', ' x', '\0', '}', '{}', ','))
      .map(
        ([before, behind]) =>
          (bytes: Buffer) =>
            Buffer.concat([Buffer.from(before), bytes, Buffer.from(behind)]),
      ),
  },
)

/** The bytes of manifests as tools write them, most of them with an oddity or some, or damaged. */
export const unusualDocuments: fc.Arbitrary<Buffer> = fc
  .tuple(
    usual,
    fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: 3 })),
    fc.constantFrom('', '', ' ', '\n   ', '\r\n\t'),
    damage,
  )
  .map(([usualText, changes, blank, harm]) => {
    const text = structuredClone(usualText)
    for (const each of changes) apply(text, each)
    return harm(Buffer.from(written(text, blank)))
  })
