/** There is only one: to record a stack for each would take longer than to read the document. */
const NOT_PLAIN = new Error('not plain')

/** A number in one of our fields that is not spelled with digits alone: to Go it is no integer. No other field holds one. */
const ODD_NUMBER = /"s(?:ize|chemaVersion)"[\t\n\r ]*:[\t\n\r ]*(?:-|[0-9]+[.eE])/
/** Every integer of so many digits is exact in a float. */
const EXACT = 10 ** 15

/** An object of a document, its values not looked at yet. */
export type PlainObject<Key extends string> = Readonly<Partial<Record<Key, unknown>>>

/**
 * A JSON text in its usual spelling, as `JSON.parse` reads it: no escapes, no equal keys, and no numbers but short integers.
 * Whatever else comes throws {@link NOT_PLAIN}; the caller then has nothing but the bytes.
 *
 * `JSON.parse` drops all but the last of equal keys, and keys that nobody asks for are not seen. So every key and every text
 * that is looked at is counted. Each stands between two quotation marks, and without escapes there are no others: where the
 * text has just twice as many, nothing was dropped or passed over.
 */
export class PlainText {
  readonly #text: string
  #strings = 0

  constructor(bytes: Uint8Array) {
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  }

  document<Key extends string>(): PlainObject<Key> {
    expectPlain(!this.#text.includes('\\') && !ODD_NUMBER.test(this.#text))
    return asObject(parse(this.#text))
  }

  /** The value of a key, which may be missing. */
  object<Key extends string>(value: unknown): PlainObject<Key> | undefined {
    if (value === undefined) return undefined
    this.#strings++
    return asObject(value)
  }

  list(value: unknown): readonly unknown[] | undefined {
    if (value === undefined) return undefined
    this.#strings++
    expectPlain(Array.isArray(value))
    return value as readonly unknown[]
  }

  text(value: unknown): string | undefined {
    if (value === undefined) return undefined
    this.#strings += 2
    expectPlain(typeof value === 'string')
    return value
  }

  integer(value: unknown): number | undefined {
    if (value === undefined) return undefined
    this.#strings++
    expectPlain(typeof value === 'number' && value < EXACT)
    return value
  }

  /** How many texts a list holds, and nothing else. */
  count(value: unknown): number | undefined {
    const list = this.list(value)
    if (list === undefined) return undefined
    this.#strings += list.length
    expectPlain(list.every((each) => typeof each === 'string'))
    return list.length
  }

  /** An object of texts, whatever their keys. */
  texts<Key extends string>(value: unknown): Readonly<Partial<Record<Key, string>>> | undefined {
    const object = this.object(value)
    if (object === undefined) return undefined
    for (const each of Object.values(object)) this.text(each)
    return object as Readonly<Partial<Record<Key, string>>>
  }

  end(): void {
    let quotes = 0
    for (let at = this.#text.indexOf('"'); at >= 0; at = this.#text.indexOf('"', at + 1)) quotes++
    expectPlain(quotes === this.#strings * 2)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw NOT_PLAIN
  }
}

/** One that stands in a list, or is the document. */
export function asObject<Key extends string>(value: unknown): PlainObject<Key> {
  expectPlain(typeof value === 'object' && value !== null && !Array.isArray(value))
  return value as PlainObject<Key>
}

/** @returns `undefined` where something was not plain */
export function ifPlain<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

export function expectPlain(condition: boolean): asserts condition {
  if (!condition) throw NOT_PLAIN
}
