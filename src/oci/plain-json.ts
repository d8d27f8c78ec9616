import { isBlank } from './json-text.ts'

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const BACKSLASH = 0x5c
const DELETE = 0x7f
/** Every integer of so many digits is exact in a float. */
const EXACT_DIGITS = 15

/** There is only one: to record a stack for each would take longer than to read the document. */
const NOT_PLAIN = new Error('not plain')

/** What stands around the values of an array or an object. */
export interface Brackets {
  readonly open: number
  readonly close: number
}

export const ARRAY: Brackets = { open: 0x5b, close: 0x5d }
export const OBJECT: Brackets = { open: 0x7b, close: 0x7d }

/** Words that are found in the bytes of a text: none of them has to be made from bytes again. */
export class KnownWords<Word extends string> {
  readonly #ofLength: (readonly { readonly word: Word; readonly bytes: Uint8Array }[])[]

  constructor(words: readonly Word[]) {
    const longest = Math.max(...words.map((word) => word.length))
    this.#ofLength = Array.from({ length: longest + 1 }, (_, length) =>
      words.filter((word) => word.length === length).map((word) => ({ word, bytes: Buffer.from(word) })),
    )
  }

  /** The word that stands there in a text. */
  at(text: Uint8Array, start: number, end: number): Word | undefined {
    for (const { word, bytes } of this.#ofLength[end - start] ?? []) if (isAt(text, start, bytes)) return word
    return undefined
  }
}

function isAt(text: Uint8Array, start: number, bytes: Uint8Array): boolean {
  for (let n = 0; n < bytes.length; n++) if (text[start + n] !== bytes[n]) return false
  return true
}

/**
 * A JSON text in its usual spelling, read token by token: ASCII only, no escapes, and no numbers but short integers.
 * Whatever else comes throws {@link NOT_PLAIN}; the caller then has nothing but the bytes.
 */
export class PlainText {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Go into an array or object. @returns whether it holds anything */
  begin({ open, close }: Brackets): boolean {
    if (this.#next() !== open) throw NOT_PLAIN
    this.#at++
    if (this.#next() !== close) return true
    this.#at++
    return false
  }

  /** Go behind a value. @returns whether another one follows in the same array or object */
  goesOn({ close }: Brackets): boolean {
    const next = this.#next()
    this.#at++
    if (next === COMMA) return true
    if (next !== close) throw NOT_PLAIN
    return false
  }

  /** One of the keys that are known, and its colon. */
  key<Key extends string>(keys: KnownWords<Key>): Key {
    const key = this.anyKey(keys)
    if (key === undefined) throw NOT_PLAIN
    return key
  }

  /** Any key, and its colon. @returns the key if it is known */
  anyKey<Key extends string>(keys: KnownWords<Key>): Key | undefined {
    const start = this.#openString()
    const key = keys.at(this.#bytes, start, this.#closeString())
    if (this.#next() !== COLON) throw NOT_PLAIN
    this.#at++
    return key
  }

  skipText(): void {
    this.#openString()
    this.#closeString()
  }

  /** @param usual what it probably is */
  text(usual: KnownWords<string>): string {
    const start = this.#openString()
    const end = this.#closeString()
    return usual.at(this.#bytes, start, end) ?? this.#bytes.toString('latin1', start, end)
  }

  /** Text of this length, whatever bytes it is of: to be held against a grammar that allows ASCII only. */
  textOf(length: number): string {
    const start = this.#openString()
    this.#at += length
    if (this.#bytes[this.#at++] !== QUOTE) throw NOT_PLAIN
    return this.#bytes.toString('latin1', start, start + length)
  }

  integer(): number {
    let value = 0
    let code = this.#next()
    const start = this.#at
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO
      code = this.#bytes[++this.#at] ?? 0
    }
    const digits = this.#at - start
    // What may follow an integer follows a value of any kind: a point or an exponent is refused there.
    if (digits === 0 || digits > EXACT_DIGITS || (digits > 1 && this.#bytes[start] === ZERO)) throw NOT_PLAIN
    return value
  }

  end(): void {
    if (this.#next() !== 0 || this.#at < this.#bytes.length) throw NOT_PLAIN
  }

  #openString(): number {
    if (this.#next() !== QUOTE) throw NOT_PLAIN
    return ++this.#at
  }

  /** @returns where the quotation mark stands */
  #closeString(): number {
    const bytes = this.#bytes
    let at = this.#at
    let code = bytes[at] ?? 0
    while (code !== QUOTE) {
      if (code < SPACE || code > DELETE || code === BACKSLASH) throw NOT_PLAIN
      code = bytes[++at] ?? 0
    }
    this.#at = at + 1
    return at
  }

  /** The next byte that is not blank; 0 at the end. */
  #next(): number {
    const bytes = this.#bytes
    let at = this.#at
    let code = bytes[at] ?? 0
    while (isBlank(code)) code = bytes[++at] ?? 0
    this.#at = at
    return code
  }
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

/** The value of a key that may stand in its object once. */
export function once<T>(before: T | undefined, value: T): T {
  expectPlain(before === undefined)
  return value
}
