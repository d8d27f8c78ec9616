import { type FieldValue, valuesOf } from './go-json.ts'
import { type Json, JsonNumber } from './json-text.ts'

/** Which programs have a field in their structs. Only they fail on a wrong value. */
export type ReadBy = 'both' | 'registry' | 'client' | 'nobody'

/** Wrong values in a document. Go goes on after such an error and reports the first. */
export class ReadErrors {
  #both: string | undefined
  #registry: string | undefined
  #client: string | undefined

  add(readBy: ReadBy, what: string): void {
    if (readBy === 'both') this.#both ??= what
    if (readBy === 'registry') this.#registry ??= what
    if (readBy === 'client') this.#client ??= what
  }

  /** Why a registry refuses the document. */
  get byRegistry(): string | undefined {
    return this.#both ?? this.#registry
  }

  /** Why a client refuses the document. */
  get byClient(): string | undefined {
    return this.#both ?? this.#client
  }
}

/** The place of a struct in a document, and the programs that read it. The path is only built for an error. */
export class FieldPlace {
  readonly #errors: ReadErrors
  readonly #parent: FieldPlace | undefined
  readonly #name: string
  #n: number | undefined
  readonly #readBy: ReadBy

  constructor(
    errors: ReadErrors,
    readBy: ReadBy = 'both',
    at: { readonly parent?: FieldPlace | undefined; readonly name: string; readonly n?: number | undefined } = {
      name: '',
    },
  ) {
    this.#errors = errors
    this.#parent = at.parent
    this.#name = at.name
    this.#n = at.n
    this.#readBy = readBy
  }

  /** The place of a struct in a field, or of element `n` of a list of structs. */
  in(name: string, n?: number, readBy: ReadBy = this.#readBy): FieldPlace {
    return new FieldPlace(this.#errors, readBy, { parent: this, name, n })
  }

  /** Moves this place to another element: a new place for each would cost more than reading it. */
  at(n: number): this {
    this.#n = n
    return this
  }

  /** The same place, for fields that other programs read. */
  readBy(readBy: ReadBy): FieldPlace {
    if (readBy === this.#readBy) return this
    return new FieldPlace(this.#errors, readBy, { parent: this.#parent, name: this.#name, n: this.#n })
  }

  /** Records a wrong value. @param name of the field; empty if the struct itself is wrong */
  wrong(name: string, what: string): void {
    const at = name === '' ? this : this.in(name)
    this.#errors.add(this.#readBy, `${at.#path || 'the document'} ${what}`)
  }

  get #path(): string {
    const above = this.#parent === undefined ? '' : this.#parent.#path
    const own = this.#n === undefined ? this.#name : `${this.#name}[${this.#n}]`
    return above === '' ? own : `${above}.${own}`
  }
}

/** Reads a string. @param before the value from an equal key */
export function readText(given: FieldValue, before: string, place: FieldPlace, name: string): string {
  if (typeof given === 'string') return given
  let text = before
  for (const value of valuesOf(given)) {
    if (typeof value === 'string') text = value
    else if (value !== null) place.wrong(name, 'is not a string')
  }
  return text
}

/** Reads a 64-bit integer. @returns a number that is not exact above 2^53 */
export function readInteger(
  given: FieldValue,
  before: number | undefined,
  place: FieldPlace,
  about: { readonly name: string; readonly wrong: string },
): number | undefined {
  let integer = before
  for (const value of valuesOf(given)) {
    const read = integerOf(value)
    if (read !== undefined) integer = read
    else if (value !== null) place.wrong(about.name, about.wrong)
  }
  return integer
}

function integerOf(value: Json): number | undefined {
  if (!(value instanceof JsonNumber) || !/^-?\d+$/.test(value.text)) return undefined
  const exact = BigInt(value.text)
  return exact >= -(2n ** 63n) && exact < 2n ** 63n ? Number(exact) : undefined
}

/** A slice of Go. Elements between its length and its capacity keep old values and are read into again. */
export interface Slice<T> {
  readonly items: readonly T[]
}

class GrownSlice<T> implements Slice<T> {
  readonly #store: T[] = []
  #length = 0
  #capacity = 0

  get items(): readonly T[] {
    return this.#store.slice(0, this.#length)
  }

  /** @see encoding/json, `decodeState.array`, as of Go 1.19 */
  fill(values: readonly Json[], element: (value: Json, before: T | undefined, n: number) => T): void {
    for (const [n, value] of values.entries()) {
      if (n >= this.#capacity) {
        this.#capacity = Math.max(4, this.#capacity + Math.floor(this.#capacity / 2))
        this.#store.length = Math.min(this.#store.length, this.#length)
      }
      this.#length = Math.max(this.#length, n + 1)
      this.#store[n] = element(value, this.#store[n], n)
    }
    this.#length = values.length
  }
}

/** Reads a list. @returns `undefined` if it is missing or `null`, which is not the same as empty */
export function readList<T>(
  given: FieldValue,
  place: FieldPlace,
  name: string,
  element: (value: Json, before: T | undefined, n: number) => T,
): Slice<T> | undefined {
  let slice: GrownSlice<T> | undefined
  for (const value of valuesOf(given)) {
    if (value === null) slice = undefined
    else if (!Array.isArray(value)) place.wrong(name, 'is not a list')
    else {
      if (slice === undefined || value.length === 0) slice = new GrownSlice()
      slice.fill(value, element)
    }
  }
  return slice
}

/** Reads a list of strings. @returns its length */
export function countTexts(given: FieldValue, before: number, place: FieldPlace, name: string): number {
  if (given === undefined) return before
  const list = readList(given, place, name, (value, text: string | undefined, n) =>
    readText(value, text ?? '', place, `${name}[${n}]`),
  )
  return list?.items.length ?? 0
}
