import type { KeyPath } from './key-lines.ts'
import type { TomlFields, TomlFile } from './toml-file.ts'

/** One table of a file, read key by key. What is wrong with a value is a problem, with its place. */
export class Settings {
  readonly #file: Pick<TomlFile, 'path' | 'lineOf'>
  readonly #path: KeyPath
  readonly #fields: TomlFields
  readonly #problems: string[]
  readonly #known = new Set<string>()

  constructor(file: Pick<TomlFile, 'path' | 'lineOf'>, path: KeyPath, fields: TomlFields, problems: string[]) {
    this.#file = file
    this.#path = path
    this.#fields = fields
    this.#problems = problems
  }

  /** `hosts.toml:3`: where a key is, or the table. */
  place(key?: string): string {
    return `${this.#file.path}:${this.#file.lineOf(key === undefined ? this.#path : [...this.#path, key])}`
  }

  /** Adds a problem. @param why must not quote a value that may be a secret */
  refuse(key: string, why: string): void {
    this.#problems.push(`${this.place(key)}: ${key}: ${why}`)
  }

  /** A value of any type; `undefined` if the key is missing. */
  value(key: string): unknown {
    this.#known.add(key)
    return Object.hasOwn(this.#fields, key) ? this.#fields[key] : undefined
  }

  text(key: string): string | undefined {
    return this.#taken(key, isText, 'a string')
  }

  flag(key: string): boolean | undefined {
    return this.#taken(key, isFlag, 'true or false')
  }

  texts(key: string): readonly string[] | undefined {
    return this.#taken(key, areTexts, 'an array of strings')
  }

  /** A table below this one. */
  table(key: string): Settings | undefined {
    const fields = this.#taken(key, isTable, 'a table')
    return fields && this.#below([key], fields)
  }

  /** The tables of `[[key]]`. */
  tables(key: string): readonly Settings[] {
    const value = this.value(key) ?? []
    if (!Array.isArray(value) || !value.every(isTable)) {
      this.refuse(key, `expected tables, [[${key}]]`)
      return []
    }
    return value.map((fields, n) => this.#below([key, n], fields))
  }

  get keys(): readonly string[] {
    return Object.keys(this.#fields)
  }

  /** The keys that nobody asked for. */
  get unknown(): readonly string[] {
    return this.keys.filter((key) => !this.#known.has(key))
  }

  #taken<T>(key: string, isRight: (value: unknown) => value is T, expected: string): T | undefined {
    const value = this.value(key)
    if (value === undefined || isRight(value)) return value
    this.refuse(key, `expected ${expected}`)
    return undefined
  }

  #below(path: KeyPath, fields: TomlFields): Settings {
    return new Settings(this.#file, [...this.#path, ...path], fields, this.#problems)
  }
}

/** Whether a value is an array of strings. */
export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean'
}

function isTable(value: unknown): value is TomlFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
