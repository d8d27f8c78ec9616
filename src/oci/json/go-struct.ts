import { type FieldValue, valuesOf } from './go-json.ts'
import { type Json, JsonNumber } from './json-text.ts'

/** Which programs have a field in their structs. A wrong value is an error to them, and unknown to all others. */
export type ReadBy = 'both' | 'registry' | 'client' | 'nobody'

/** What is wrong with the values of a document. Go reads on after such an error, and reports the first. */
export class ReadErrors {
  #both: string | undefined
  #registry: string | undefined
  #client: string | undefined

  add(readBy: ReadBy, what: string): void {
    if (readBy === 'both') this.#both ??= what
    if (readBy === 'registry') this.#registry ??= what
    if (readBy === 'client') this.#client ??= what
  }

  /** What makes a registry refuse the document. */
  get byRegistry(): string | undefined {
    return this.#both ?? this.#registry
  }

  /** What makes a client refuse the document. */
  get byClient(): string | undefined {
    return this.#both ?? this.#client
  }
}

/** Where in a document a struct stands, and who reads it. Its path is put together only where something is wrong. */
export class FieldPlace {
  readonly #complaints: ReadErrors
  readonly #parent: FieldPlace | undefined
  readonly #name: string
  #n: number | undefined
  readonly #readBy: ReadBy

  constructor(
    complaints: ReadErrors,
    readBy: ReadBy = 'both',
    at: { readonly parent?: FieldPlace | undefined; readonly name: string; readonly n?: number | undefined } = {
      name: '',
    },
  ) {
    this.#complaints = complaints
    this.#parent = at.parent
    this.#name = at.name
    this.#n = at.n
    this.#readBy = readBy
  }

  /** A field of this struct that is a struct itself, or the one at place `n` of a list of them. */
  in(name: string, n?: number, readBy: ReadBy = this.#readBy): FieldPlace {
    return new FieldPlace(this.#complaints, readBy, { parent: this, name, n })
  }

  /** The same for another struct of the list: a place for each would cost more than reading it. */
  at(n: number): this {
    this.#n = n
    return this
  }

  /** The fields of this struct that not everybody reads. */
  readBy(readBy: ReadBy): FieldPlace {
    if (readBy === this.#readBy) return this
    return new FieldPlace(this.#complaints, readBy, { parent: this.#parent, name: this.#name, n: this.#n })
  }

  /** @param name of the field; empty where the struct itself is wrong */
  wrong(name: string, what: string): void {
    const at = name === '' ? this : this.in(name)
    this.#complaints.add(this.#readBy, `${at.#path || 'the document'} ${what}`)
  }

  get #path(): string {
    const above = this.#parent === undefined ? '' : this.#parent.#path
    const own = this.#n === undefined ? this.#name : `${this.#name}[${this.#n}]`
    return above === '' ? own : `${above}.${own}`
  }
}

/** A field of text. @param before what an equal key has left there */
export function readText(given: FieldValue, before: string, place: FieldPlace, name: string): string {
  if (typeof given === 'string') return given
  let text = before
  for (const value of valuesOf(given)) {
    if (typeof value === 'string') text = value
    else if (value !== null) place.wrong(name, 'is not a string')
  }
  return text
}

/** A field of 64 bits. @returns what is not exact above 2^53 */
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

/** A slice: what lies between its length and its capacity is old, and is read into again. */
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

/** A list. @returns `undefined` where there is none, or `null` in its place: not the same as an empty one */
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

/** A list of text. @returns how many there are */
export function countTexts(given: FieldValue, before: number, place: FieldPlace, name: string): number {
  if (given === undefined) return before
  const list = readList(given, place, name, (value, text: string | undefined, n) =>
    readText(value, text ?? '', place, `${name}[${n}]`),
  )
  return list?.items.length ?? 0
}
