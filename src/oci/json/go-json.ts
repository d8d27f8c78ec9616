import { type Json, JsonObject, parseJson } from './json-text.ts'

/**
 * How Go's `encoding/json` reads a document into a struct, because registries and clients are written in Go:
 *
 * - a key matches a field without regard to case, by Unicode's simple folding;
 * - of equal keys the last one counts, and an object, a map or an element of a list is read _into_ what an earlier one left;
 * - `null` leaves text, numbers and structs alone, and empties lists, maps and pointers;
 * - a value of the wrong type is an error, and so is an integer that is written with a point or an exponent.
 *
 * @throws {SyntaxError}
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */
export function readGoJson(bytes: Uint8Array): Json {
  return parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}

/** The values of a repeated key, in order. */
class RepeatedKey {
  readonly values: Json[]

  constructor(...values: Json[]) {
    this.values = values
  }
}

/** The value of a field, or several if its key is repeated. */
export type FieldValue = Json | RepeatedKey | undefined

/** The fields of one struct, under the name in the struct. */
export type Fields = Readonly<Record<string, FieldValue>>

/** The names of a struct's fields. */
export class FieldNames {
  readonly #exact: ReadonlySet<string>
  readonly #folded: ReadonlyMap<string, string>

  constructor(names: readonly string[]) {
    this.#exact = new Set(names)
    this.#folded = new Map(names.map((name) => [fold(name), name]))
  }

  /** The field for a key. */
  of(key: string): string | undefined {
    return this.#exact.has(key) ? key : this.#folded.get(fold(key))
  }
}

/** toLowerCase folds the Kelvin sign to k, but not the long s to s. */
function fold(key: string): string {
  return key.toLowerCase().replaceAll('\u017f', 's')
}

/** The fields of an object. @returns `undefined` if the value is not an object */
export function fieldsOf(value: Json, names: FieldNames): Fields | undefined {
  if (!(value instanceof JsonObject)) return undefined
  const found = new Map<string, FieldValue>()
  for (const [key, each] of value.entries) {
    const name = names.of(key)
    if (name === undefined) continue
    const before = found.get(name)
    if (before instanceof RepeatedKey) before.values.push(each)
    else found.set(name, before === undefined ? each : new RepeatedKey(before, each))
  }
  return Object.fromEntries(found)
}

const NOTHING: readonly Json[] = []

/** All values of a field, in order. */
export function valuesOf(given: FieldValue): readonly Json[] {
  if (given === undefined) return NOTHING
  return given instanceof RepeatedKey ? given.values : [given]
}

/** Whether a field is missing or its last value is `null`. */
export function isNull(given: FieldValue): boolean {
  const last = given instanceof RepeatedKey ? given.values.at(-1) : given
  return last === undefined || last === null
}
