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

/** Too short to hold as many brackets as Go refuses. */
const SHORT = 20_000

/**
 * The fast way, taken by nearly every document. What is written again as it stood has no repeated key, no number in an
 * unusual form and no key that `JSON.parse` moves.
 *
 * @returns `undefined` where it says more
 * @throws {SyntaxError}
 */
function plainly(text: string): GoJson {
  if (text.length > SHORT) return undefined
  const value: GoJson = JSON.parse(text)
  const indent = /^[{[]\n( *)/.exec(text)?.[1]?.length ?? 0
  try {
    return JSON.stringify(value, null, indent) === text.trimEnd() ? value : undefined
  } catch {
    return undefined // nested too deep to be written
  }
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
