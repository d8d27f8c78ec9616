/** An object with all its keys, in order, repeated ones too. */
export class JsonObject {
  readonly entries: (readonly [key: string, value: Json])[] = []
}

/** A number as written: `2`, `2.0` and `2e0` differ. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** A JSON value. */
export type Json = null | boolean | string | JsonNumber | JsonObject | Json[]

/** The deepest nesting. @see Go's encoding/json, `maxNestingDepth` */
const NESTING_LIMIT = 10_000
const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
/** A string without escapes and control characters. */
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y
const LITERALS: ReadonlyMap<string, null | boolean> = new Map([
  ['n', null],
  ['t', true],
  ['f', false],
])

/**
 * Reads JSON text and keeps what `JSON.parse` drops: repeated keys, their order, and the spelling of numbers. It is not
 * recursive, so no text can exhaust the stack.
 *
 * @throws {SyntaxError} also if it is nested deeper than Go allows
 * @see RFC 8259
 */
export function parseJson(text: string): Json {
  return new Reader(text).document()
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Json {
    const open: (Json[] | JsonObject)[] = []
    /** Keys without a value yet, one for each object in `open`. */
    const keys: string[] = []
    for (;;) {
      let value = this.#value()
      if (isContainer(value)) {
        if (open.length >= NESTING_LIMIT) throw new SyntaxError(`nested deeper than ${NESTING_LIMIT} levels`)
        const close = Array.isArray(value) ? ']' : '}'
        if (this.#peek() !== close) {
          open.push(value)
          if (close === '}') keys.push(this.#key())
          continue
        }
        this.#at++
      }
      for (;;) {
        const home = open.at(-1)
        if (home === undefined) return this.#ended(value)
        const isList = Array.isArray(home)
        if (isList) home.push(value)
        else home.entries.push([keys.pop() ?? '', value])
        const next = this.#peek()
        this.#at++
        if (next === ',') {
          if (!isList) keys.push(this.#key())
          break
        }
        if (next !== (isList ? ']' : '}')) throw this.#unexpected(this.#at - 1)
        open.pop()
        value = home
      }
    }
  }

  #ended(value: Json): Json {
    if (this.#peek() !== undefined) throw this.#unexpected(this.#at)
    return value
  }

  /** A value, or the empty beginning of an array or object. */
  #value(): Json {
    const first = this.#peek()
    if (first === '{' || first === '[') {
      this.#at++
      return first === '{' ? new JsonObject() : []
    }
    if (first === '"') return this.#string()
    const literal = first === undefined ? undefined : LITERALS.get(first)
    if (literal !== undefined && this.#text.startsWith(String(literal), this.#at)) {
      this.#at += String(literal).length
      return literal
    }
    NUMBER.lastIndex = this.#at
    const number = NUMBER.exec(this.#text)?.[0]
    if (number === undefined) throw this.#unexpected(this.#at)
    this.#at += number.length
    return new JsonNumber(number)
  }

  #key(): string {
    if (this.#peek() !== '"') throw this.#unexpected(this.#at)
    const key = this.#string()
    if (this.#peek() !== ':') throw this.#unexpected(this.#at)
    this.#at++
    return key
  }

  #string(): string {
    const start = this.#at
    PLAIN_STRING.lastIndex = start
    if (PLAIN_STRING.test(this.#text)) {
      this.#at = PLAIN_STRING.lastIndex
      return this.#text.slice(start + 1, this.#at - 1)
    }
    let end = this.#text.indexOf('"', start + 1)
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1)
    if (end < 0) throw new SyntaxError('ends inside a string')
    this.#at = end + 1
    // Go replaces a lone surrogate with U+FFFD.
    return String(JSON.parse(this.#text.slice(start, end + 1))).replace(/\p{Surrogate}/gu, '\ufffd')
  }

  /** Whether an odd number of backslashes stands before a quotation mark. */
  #isEscaped(quote: number): boolean {
    let first = quote
    while (this.#text[first - 1] === '\\') first--
    return (quote - first) % 2 === 1
  }

  /** The next character that is not blank. */
  #peek(): string | undefined {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++
    return this.#text[this.#at]
  }

  #unexpected(at: number): SyntaxError {
    const found = this.#text[at]
    return new SyntaxError(found === undefined ? 'ends too early' : `unexpected ${JSON.stringify(found)} at ${at}`)
  }
}

/** Whether a character code is JSON whitespace. */
function isBlank(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB
}

function isContainer(value: Json): value is Json[] | JsonObject {
  return Array.isArray(value) || value instanceof JsonObject
}
