/** One shared error: recording a stack for each would take longer than reading the document. */
const NOT_PLAIN = new Error('not plain')

/** A number in `size` or `schemaVersion` that is not digits alone, so Go does not read it as an integer. */
const ODD_NUMBER = /"s(?:ize|chemaVersion)"[\t\n\r ]*:[\t\n\r ]*(?:-|[0-9]+[.eE])/
/** All smaller integers are exact in a float. */
const EXACT = 10 ** 15

/** An object whose values are not checked yet. */
export type PlainObject<Key extends string> = Readonly<Partial<Record<Key, unknown>>>

/**
 * JSON text in the usual form, read with `JSON.parse`: no escapes, no repeated keys, and no numbers except short integers. It
 * throws {@link NOT_PLAIN} for anything else.
 *
 * `JSON.parse` drops repeated keys, and a reader does not see keys that it does not ask for. To notice both, every key and
 * string that is read is counted. Without escapes each has exactly two quotation marks, so if the text has twice as many
 * quotation marks as the count, nothing was missed.
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

  /** An object, or `undefined` if the key is missing. */
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

  /** The length of a list of strings. */
  count(value: unknown): number | undefined {
    const list = this.list(value)
    if (list === undefined) return undefined
    this.#strings += list.length
    expectPlain(list.every((each) => typeof each === 'string'))
    return list.length
  }

  /** An object with string values and any keys. */
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

/** An object in a list, or the document. */
export function asObject<Key extends string>(value: unknown): PlainObject<Key> {
  expectPlain(typeof value === 'object' && value !== null && !Array.isArray(value))
  return value as PlainObject<Key>
}

/** Runs a reader. @returns `undefined` if the text is not plain */
export function ifPlain<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

/** Throws {@link NOT_PLAIN} unless the condition holds. */
export function expectPlain(condition: boolean): asserts condition {
  if (!condition) throw NOT_PLAIN
}
