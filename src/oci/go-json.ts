import { JsonNumber, JsonObject, parseJson } from './json-text.ts'

/**
 * How Go's `encoding/json` reads a document into a struct, because registries and clients are written in Go:
 *
 * - a key matches a field without regard to case, by Unicode's simple folding;
 * - of equal keys the last one counts, and an object, a map or an element of a list is read _into_ what an earlier one left;
 * - `null` leaves text, numbers and structs alone, and empties lists, maps and pointers;
 * - a value of the wrong type is an error, and so is an integer that is written with a point or an exponent.
 *
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */
export function readGoJson(bytes: Uint8Array): GoJson {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return plainly(text) ?? parseJson(text)
}

/** A value: what {@link parseJson} gives, or `JSON.parse` where a text says no more than that. Numbers are canonical there. */
export type GoJson = unknown

/**
 * The fast way, taken by nearly every document. `JSON.parse` hides how a string was escaped, how a number was written and
 * that a key was repeated. Without a backslash, with plain numbers only, and with as many keys in the value as the text
 * has, nothing was hidden.
 *
 * @returns `undefined` where the text may say more
 * @throws {SyntaxError}
 */
function plainly(text: string): GoJson {
  if (text.includes('\\')) return undefined
  const value: GoJson = JSON.parse(text)
  const keys = countKeyEnds(text)
  return keys >= 0 && keys === countKeys(value, 0) ? value : undefined
}

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const SMALL_E = 0x65
const LARGE_E = 0x45
/** Every integer of so many digits is exact in a float. */
const EXACT_DIGITS = 15

/**
 * The colons that stand behind a quotation mark. Each key has one, and so has a string that begins with a colon: there are
 * never fewer than keys.
 *
 * @returns -1 where the value of a key is a number other than a short integer without a sign
 */
function countKeyEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1
    while (isBlank(text.charCodeAt(before))) before--
    if (text.charCodeAt(before) !== QUOTE) continue
    count++
    let next = at + 1
    while (isBlank(text.charCodeAt(next))) next++
    const code = text.charCodeAt(next)
    if (code === MINUS || (code >= ZERO && code <= NINE && !isShortInteger(text, next))) return -1
  }
  return count
}

function isBlank(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === TAB || code === CARRIAGE_RETURN
}

function isShortInteger(text: string, start: number): boolean {
  let end = start
  let code = text.charCodeAt(end)
  while (code >= ZERO && code <= NINE) code = text.charCodeAt(++end)
  return end - start <= EXACT_DIGITS && code !== POINT && code !== SMALL_E && code !== LARGE_E
}

/** No manifest is nested so deep. */
const SHALLOW = 50

/** @returns a number below 0 where a list holds a number, which no key leads to, or where the value is nested deep */
function countKeys(value: GoJson, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth > SHALLOW) return Number.NEGATIVE_INFINITY
  let count = 0
  if (Array.isArray(value)) {
    for (const each of value) {
      if (typeof each === 'number') return Number.NEGATIVE_INFINITY
      count += countKeys(each, depth + 1)
    }
    return count
  }
  for (const each of Object.values(value)) {
    count++
    if (typeof each === 'object' && each !== null) count += countKeys(each, depth + 1)
  }
  return count
}

/** The values of a key that stands in an object more than once, in their order. */
class Repeated {
  readonly values: GoJson[]

  constructor(...values: GoJson[]) {
    this.values = values
  }
}

/** What a field was given: a value, several of them, or `undefined`. */
export type Given = unknown

/** The values of the fields of one struct, under the field's own spelling. */
export type Fields = Readonly<Record<string, Given>>

/** The names of a struct's fields. */
export class FieldNames {
  readonly #exact: ReadonlySet<string>
  readonly #folded: ReadonlyMap<string, string>

  constructor(names: readonly string[]) {
    this.#exact = new Set(names)
    this.#folded = new Map(names.map((name) => [fold(name), name]))
  }

  /** The field that a key is read into. */
  of(key: string): string | undefined {
    return this.#exact.has(key) ? key : this.#folded.get(fold(key))
  }

  isExact(key: string): boolean {
    return this.#exact.has(key) || !this.#folded.has(fold(key))
  }
}

/** Lower case knows the Kelvin sign; the long s is a letter of its own to it. */
function fold(key: string): string {
  return key.toLowerCase().replaceAll('\u017f', 's')
}

/** @returns `undefined` where the value is no object */
export function fieldsOf(value: GoJson, names: FieldNames): Fields | undefined {
  if (value instanceof JsonObject) return gather(value.entries, names)
  if (!isPlainObject(value)) return undefined
  for (const key of Object.keys(value)) if (!names.isExact(key)) return gather(Object.entries(value), names)
  return value
}

function gather(entries: readonly (readonly [string, GoJson])[], names: FieldNames): Fields {
  const found = new Map<string, Given>()
  for (const [key, value] of entries) {
    const name = names.of(key)
    if (name === undefined) continue
    const before = found.get(name)
    if (before instanceof Repeated) before.values.push(value)
    else found.set(name, before === undefined ? value : new Repeated(before, value))
  }
  return Object.fromEntries(found)
}

function isPlainObject(value: GoJson): value is Readonly<Record<string, GoJson>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
}

const NOTHING: readonly GoJson[] = []

/** Every value that a field is given, in order. */
export function valuesOf(given: Given): readonly GoJson[] {
  if (given === undefined) return NOTHING
  return given instanceof Repeated ? given.values : [given]
}

/** Whether a field is missing, or was given `null` last. */
export function isNull(given: Given): boolean {
  const last = given instanceof Repeated ? given.values.at(-1) : given
  return last === undefined || last === null
}
