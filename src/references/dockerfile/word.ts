/** A part of a word: text as it is, or a variable. */
export type Part = string | VariablePart

/** `$NAME`, `${NAME}`, or `${NAME:-argument}` and its relatives. */
export interface VariablePart {
  readonly name: string
  /** `:-`, `-`, `:+`, `+`, `:?`, `?`, `#`, `##`, `%`, `%%`, `/`, `//`, or nothing. */
  readonly operator: string
  readonly argument: readonly Part[]
}

/** A word of a Dockerfile that no build would take. */
export class InvalidWord extends Error {}

/** How deep defaults may stand in defaults. */
const DEEPEST = 16

/**
 * Takes a word apart. Quotation marks are removed.
 *
 * @param escaping the character that takes the meaning from the next one: `\`, or a backtick where `# escape=` says so
 * @throws {InvalidWord}
 * @see Dockerfile reference, "Environment replacement"; the quotes are those of BuildKit's `shell.Lex`
 */
export function partsOf(word: string, escaping: string): readonly Part[] {
  return new Word(word, escaping).parts(undefined, 0)
}

class Word {
  readonly #word: string
  readonly #escape: string
  #at = 0

  constructor(word: string, escaping: string) {
    this.#word = word
    this.#escape = escaping
  }

  /** Reads up to a closing character, or to the end. */
  parts(end: '}' | undefined, depth: number): readonly Part[] {
    const parts: Part[] = []
    while (this.#at < this.#word.length) {
      const unit = this.#word.charAt(this.#at)
      if (unit === end) return parts
      this.#at++
      if (unit === "'") parts.push(this.#singleQuoted())
      else if (unit === '"') parts.push(...this.#doubleQuoted(depth))
      else if (unit === '$') parts.push(this.#variable(depth))
      else parts.push(unit === this.#escape ? this.#word.charAt(this.#at++) : unit)
    }
    if (end !== undefined) throw new InvalidWord(`a \${ in ${this.#word} is not closed`)
    return parts
  }

  #singleQuoted(): string {
    const end = this.#word.indexOf("'", this.#at)
    if (end < 0) throw this.#openQuote()
    const text = this.#word.slice(this.#at, end)
    this.#at = end + 1
    return text
  }

  #doubleQuoted(depth: number): readonly Part[] {
    const parts: Part[] = []
    while (this.#at < this.#word.length) {
      const unit = this.#word.charAt(this.#at++)
      if (unit === '"') return parts
      if (unit === '$') parts.push(this.#variable(depth))
      else parts.push(unit === this.#escape && this.#isEscapable() ? this.#word.charAt(this.#at++) : unit)
    }
    throw this.#openQuote()
  }

  #isEscapable(): boolean {
    return ['"', '$', this.#escape].includes(this.#word.charAt(this.#at))
  }

  #openQuote(): InvalidWord {
    return new InvalidWord(`a quotation mark in ${this.#word} is not closed`)
  }

  /** What stands behind a `$`. */
  #variable(depth: number): Part {
    if (this.#word.charAt(this.#at) === '{') return this.#braced(depth + 1)
    const name = this.#take(NAME)
    return name === '' ? '$' : { name, operator: '', argument: [] }
  }

  #braced(depth: number): VariablePart {
    if (depth > DEEPEST) throw new InvalidWord(`\${ is nested deeper than ${DEEPEST} levels`)
    this.#at++
    const name = this.#take(NAME)
    const operator = this.#take(OPERATOR)
    const argument = operator === '' ? [] : this.parts('}', depth)
    if (name === '' || this.#word.charAt(this.#at) !== '}')
      throw new InvalidWord(`a \${ in ${this.#word} is not understood`)
    this.#at++
    return { name, operator, argument }
  }

  #take(what: RegExp): string {
    what.lastIndex = this.#at
    const [text = ''] = what.exec(this.#word) ?? []
    this.#at += text.length
    return text
  }
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const OPERATOR = /:?[-+?]|##?|%%?|\/\/?/y
