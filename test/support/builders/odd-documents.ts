import { type Random, seeded } from '../seeded.ts'
import type { ImageNode } from './images.ts'
import { digestOf, image, MEDIA_TYPE } from './images.ts'

/** A JSON text under construction: keys may come twice, and a value may be any text at all. */
type Text = { readonly object: [key: string, value: Text][] } | { readonly list: Text[] } | { readonly raw: string }

/** A document that is a manifest, or nearly one. */
export interface OddDocument {
  readonly bytes: Buffer
  /** What was done to it. */
  readonly done: readonly string[]
}

/** What the documents name: two images whose parts are stored, and one layer and one manifest that are not. */
export interface OddScene {
  readonly whole: readonly ImageNode[]
  readonly lost: readonly string[]
}

export const oddScene: OddScene = {
  whole: [
    image('odd a', { platform: 'linux/amd64' }),
    image('odd b', { platform: 'linux/arm64' }),
    image('odd docker', { flavour: 'docker' }),
  ],
  lost: [digestOf(Buffer.from('a lost layer')), digestOf(Buffer.from('a lost manifest'))],
}

/** Document number `n`, the same each time. */
export function oddDocument(n: number, large = false): OddDocument {
  const random = seeded(`odd document ${n}`)
  const done: string[] = []
  const root = base(random, done)
  const times = random.int(4)
  for (let time = 0; time < times; time++) done.push(random.pick(CHANGES)?.(root, random) ?? 'nothing')
  const text = printed(root, random.pick(['', '', '\n', '\n   ', '\r\n\t']) ?? '')
  const [framed, how] = random.chance(0.12) ? frame(text, random) : [Buffer.from(text), 'plain']
  const bytes = large ? padded(framed, random, done) : framed
  return { bytes, done: [...done, how] }
}

function base(random: Random, done: string[]): { object: [string, Text][] } {
  const kind = random.pick(['image', 'image', 'untyped image', 'docker image', 'index', 'untyped index', 'docker list'])
  done.push(String(kind))
  const isDocker = kind?.startsWith('docker') === true
  const whole = isDocker ? oddScene.whole[2] : oddScene.whole[random.int(2)]
  if (whole === undefined) throw new RangeError('an image without a scene')
  const types = MEDIA_TYPE[isDocker ? 'docker' : 'oci']
  const isIndex = kind?.endsWith('index') === true || kind === 'docker list'
  const parts = isIndex
    ? { manifests: (isDocker ? [whole] : oddScene.whole.slice(0, 2)).map(({ descriptor }) => descriptor) }
    : { config: whole.config.descriptor, layers: whole.layers.map(({ descriptor }) => descriptor) }
  const mediaType = kind?.startsWith('untyped') ? {} : { mediaType: isIndex ? types.index : types.image }
  return textOf({ schemaVersion: 2, ...mediaType, ...parts })
}

type Change = (root: { object: [string, Text][] }, random: Random) => string

/** Values that a field may be given. What skopeo cannot tell is not among them: see {@link isBeyondSkopeo}. */
const VALUES = [
  'null',
  'true',
  '"x"',
  '""',
  '[]',
  '{}',
  '[null]',
  '[1]',
  '["x"]',
  '{"a":"b"}',
  '{"a":1}',
  '{"a":null}',
  '3',
  '2.0',
  '2e0',
  '"2"',
  '-0',
  '1e400',
  '9223372036854775808',
  '"\\ud800"',
  '"aGk="',
  '[{}]',
]
const EXTRAS: readonly (readonly [string, readonly string[]])[] = [
  ['annotations', ['{"a":"b"}', '{"a":1}', '{"a":null}', 'null', '[]', '"x"', '{"a":{}}']],
  [
    'data',
    ['"aGk="', '"aGk"', '"a\\nGk="', '"%%%%"', '1', '[104,105]', '[256]', '[1.5]', 'null', '""', '"YQ=="', '"YR=="'],
  ],
  ['subject', ['{}', '"x"', 'null', '{"digest":"x"}', '{"size":"1"}', '{"data":"?"}', '[]']],
  ['urls', ['[]', '[1]', '"x"', 'null', '[null]', '{}']],
  [
    'platform',
    ['{"os":"linux","architecture":"amd64"}', '{"os":1}', '"x"', '[]', '{"os.features":[1]}', '{"features":"x"}'],
  ],
  ['artifactType', ['"text/plain"', '1', 'null']],
  ['manifests', ['null', '[]', '[{}]', '{}', '1', '""']],
  ['layers', ['null', '[]', '{}', '1']],
  ['config', ['null', '1', '"x"', '[]', 'false']],
  ['fsLayers', ['null', '[]', '"x"']],
  ['history', ['null', '[]', '0']],
  ['signatures', ['null', '[]']],
  ['custom', ['{"deep":[[[1e5]]]}', '"\\u0000"', '1e999', '[]']],
]

const CHANGES: readonly Change[] = [respell, respell, repeat, repeat, retype, add, add, lose, lose, nest]

/**
 * The media type of a layer in a Docker image stays as it is. Skopeo refuses every type but Docker's own there, and docker
 * and containerd pull them all. The contract says "lawful and silent: unknown media types of configs, layers, children and
 * artifacts", so skopeo is no judge of this one change.
 */
function isDockerLayerType([, value]: readonly [string, Text]): boolean {
  return 'raw' in value && value.raw === JSON.stringify(MEDIA_TYPE.docker.layer)
}

/** Other case, the Kelvin sign for a k and the long s for an s; or a letter that folds to nothing. */
function respell(root: Text, random: Random): string {
  const entry = random.pick(entriesIn(root))
  if (entry === undefined || isDockerLayerType(entry)) return 'nothing'
  const [key] = entry
  entry[0] =
    random.pick([
      key.toUpperCase(),
      `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`,
      key.replace(/s/i, '\u017f').replace(/k/i, '\u212a'),
      [...key].map((letter) => (random.chance(0.5) ? letter.toUpperCase() : letter)).join(''),
      `${key} `,
      key.replace('i', '\u0131'),
    ]) ?? key
  return `${key} became ${entry[0]}`
}

/** A key a second time, before or after its first, spelt as it was or not. */
function repeat(root: Text, random: Random): string {
  const object = random.pick(objectsIn(root).filter(({ object }) => object.length > 0))
  const entry = object && random.pick(object.object)
  if (object === undefined || entry === undefined || isDockerLayerType(entry)) return 'nothing'
  const [key, value] = entry
  const spelt = random.chance(0.5) ? key : key.toUpperCase()
  const given = random.chance(0.5) ? copyOf(value) : value0(key, random)
  const place = random.chance(0.5) ? 0 : object.object.length
  object.object.splice(place, 0, [spelt, given])
  return `${spelt} again at ${place}: ${printed(given, '')}`.slice(0, 200)
}

function retype(root: Text, random: Random): string {
  const entry = random.pick(entriesIn(root))
  if (entry === undefined || isDockerLayerType(entry)) return 'nothing'
  entry[1] = value0(entry[0], random)
  return `${entry[0]}: ${printed(entry[1], '')}`
}

function add(root: Text, random: Random): string {
  const object = random.chance(0.5) ? objectsIn(root)[0] : random.pick(objectsIn(root))
  const [key, values] = random.pick(EXTRAS) ?? ['x', []]
  const value = random.pick(values) ?? 'null'
  object?.object.push([random.chance(0.2) ? key.toUpperCase() : key, { raw: value }])
  return `${key} added: ${value}`
}

/** Name a layer or a child that is not there. */
function lose(root: Text, random: Random): string {
  const list = entriesIn(root).filter(([key]) => /^(?:layers|manifests)$/i.test(key))
  const [key, value] = random.pick(list) ?? []
  const lost = oddScene.lost[/^l/i.test(key ?? '') ? 0 : 1]
  if (value === undefined || !('list' in value)) return 'nothing'
  const entry = entriesIn(value).find(([name]) => name.toLowerCase() === 'digest')
  if (entry !== undefined) entry[1] = { raw: JSON.stringify(lost) }
  return `one of ${key} is lost`
}

/** As deep as Go reads, and a little deeper: the document itself is one level. */
function nest(root: { object: [string, Text][] }, random: Random): string {
  if (random.chance(0.8)) return 'nothing'
  const depth = random.pick([100, 9_998, 9_999, 10_000, 12_000]) ?? 1
  root.object.push(['nested', { raw: `${'['.repeat(depth)}${']'.repeat(depth)}` }])
  return `nested ${depth} deep`
}

/** A number of bytes other than the right one is a lie that skopeo does not notice. */
function value0(key: string, random: Random): Text {
  const values = /^\u017f?s?ize$/i.test(key) ? ['null', 'true', '[]', '"240"', '240.0', '24e1', '1e400'] : VALUES
  return { raw: random.pick(values) ?? 'null' }
}

function frame(text: string, random: Random): readonly [Buffer, string] {
  const plain = Buffer.from(text)
  return (
    random.pick<readonly [Buffer, string]>([
      [Buffer.from(`\ufeff${text}`), 'a byte order mark before it'],
      [Buffer.from(`${text} x`), 'more after it'],
      [Buffer.from(`${text}\0`), 'a NUL after it'],
      [Buffer.from(` \n${text}\r\n\t `), 'blanks around it'],
      [Buffer.from(`\u00a0${text}`), 'a blank that is none before it'],
      [plain.subarray(0, plain.length - 2), 'cut short'],
      [Buffer.from(text.replace('{', '{"x":"a\nb",')), 'a line break in a string'],
      [Buffer.from(text.replace('{', '{"x":"\\x",')), 'an escape that is none'],
      [Buffer.from(text.replace('{', '{"x":01,')), 'a number with a zero before it'],
      [Buffer.from(text.replace('{', '{"x":.5,')), 'a number without a zero'],
      [Buffer.from(text.replace('{', '{"x":"\xff",'), 'latin1'), 'bytes that are not UTF-8'],
      [Buffer.from(text.replace(/\}$/, ',}')), 'a comma too many'],
      [Buffer.from(`[${text}]`), 'in a list'],
      [Buffer.from('null'), 'null'],
      [Buffer.from(''), 'nothing at all'],
    ]) ?? [plain, 'plain']
  )
}

const MIB = 1024 * 1024

function padded(bytes: Buffer, random: Random, done: string[]): Buffer {
  const size = random.pick([4 * MIB, 4 * MIB + 1, 5 * MIB, 17 * MIB]) ?? 0
  done.push(`padded to ${size}`)
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.byteLength), ' ')])
}

function textOf(value: object): { object: [string, Text][] } {
  return { object: Object.entries(value).map(([key, each]) => [key, anyTextOf(each)]) }
}

function anyTextOf(value: unknown): Text {
  if (Array.isArray(value)) return { list: value.map(anyTextOf) }
  return typeof value === 'object' && value !== null ? textOf(value) : { raw: JSON.stringify(value) }
}

function copyOf(text: Text): Text {
  if ('raw' in text) return { ...text }
  if ('list' in text) return { list: text.list.map(copyOf) }
  return { object: text.object.map(([key, value]) => [key, copyOf(value)]) }
}

function objectsIn(text: Text): { object: [string, Text][] }[] {
  if ('raw' in text) return []
  if ('list' in text) return text.list.flatMap(objectsIn)
  return [text, ...text.object.flatMap(([, value]) => objectsIn(value))]
}

function entriesIn(text: Text): [string, Text][] {
  return objectsIn(text).flatMap(({ object }) => object)
}

function printed(text: Text, between: string): string {
  if ('raw' in text) return text.raw
  if ('list' in text) return `[${text.list.map((each) => between + printed(each, between)).join(',')}]`
  return `{${text.object.map(([key, value]) => `${between}${JSON.stringify(key)}:${printed(value, between)}`).join(',')}}`
}
