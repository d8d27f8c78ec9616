import { createHash } from 'node:crypto'

/** Files by name. Each is replaced as a whole. */
export interface StateFiles {
  /** @returns `undefined`: no such file @throws {Error} if it cannot be read */
  read(name: string): string | undefined
  /** @throws {Error} if it cannot be written; the old file is then unchanged */
  write(name: string, text: string): void
  /** Renames a file that cannot be used, so that it is neither read again nor lost. */
  setAside(name: string): void
}

/** What is kept in a file. */
export interface StoredAs<T> {
  /** The beginning of the file's name. */
  readonly prefix: string
  readonly encode: (value: T) => unknown
  /** @param json `undefined`: the text is no JSON @returns the value, or why it cannot be used */
  readonly decode: (json: unknown) => T | string
}

/** Keeps a value for each key over a restart. Without files it keeps nothing. */
export class JsonStore<T extends object> {
  readonly #files: StateFiles | undefined
  readonly #warn: (sentence: string) => void
  readonly #as: StoredAs<T>

  constructor(files: StateFiles | undefined, warn: (sentence: string) => void, as: StoredAs<T>) {
    this.#files = files
    this.#warn = warn
    this.#as = as
  }

  /** @returns `undefined` if nothing is stored, or if it cannot be used, which is logged */
  read(key: string): T | undefined {
    const name = this.#fileOf(key)
    try {
      const text = this.#files?.read(name)
      if (text === undefined) return undefined
      const value = this.#as.decode(jsonIn(text))
      if (typeof value !== 'string') return value
      this.#files?.setAside(name)
      this.#warn(`state: ${name} ${value}: set aside; earlier results are lost`)
    } catch (error) {
      this.#warn(`state: cannot read ${name}: ${messageOf(error)}`)
    }
    return undefined
  }

  write(key: string, value: T): void {
    const name = this.#fileOf(key)
    try {
      this.#files?.write(name, JSON.stringify(this.#as.encode(value)))
    } catch (error) {
      this.#warn(`state: cannot write ${name}: ${messageOf(error)}; a restart will lose this run`)
    }
  }

  /** A hash, because a key may not be valid as the name of a file. */
  #fileOf(key: string): string {
    return `${this.#as.prefix}${createHash('sha256').update(key).digest('hex')}.json`
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
