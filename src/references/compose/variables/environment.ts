import { Lines } from '../../lines.ts'
import type { SourceFile, UnreadableFile } from '../../reference.ts'
import { readDotenv } from './dotenv.ts'
import type { Interpolated, Lookup } from './interpolate.ts'

/**
 * The variables that a project can use. What was there before wins over its environment files, and a later file over
 * an earlier one.
 *
 * @see docker docs, "Environment variables precedence"; compose-go, dotenv/env.go
 */
export class Environment {
  readonly #before: Lookup
  readonly #variables = new Map<string, Interpolated>()
  /** The name of a file that could not be read: what it may set is unknown. */
  #missing: string | undefined

  constructor(before: Lookup) {
    this.#before = before
  }

  readonly lookup: Lookup = (name) => {
    const value = this.#before(name) ?? this.#variables.get(name)
    if (value !== undefined || this.#missing === undefined) return value
    return { because: `the variable ${name} may be set in ${this.#missing}, which cannot be read` }
  }

  /** @returns what is wrong with the file */
  add({ name, text }: SourceFile): readonly UnreadableFile[] {
    const problem = readDotenv(text, this.#before, this.#variables)
    if (problem === undefined) return []
    this.isMissing(name)
    return [{ place: new Lines(name, text).at(problem.at), because: problem.because }]
  }

  /** Sets a variable that has no value yet. */
  setDefault(name: string, text: string): void {
    if (this.lookup(name) === undefined) this.#variables.set(name, { text })
  }

  /** A file that may set any variable cannot be read. */
  isMissing(file: string): void {
    this.#missing ??= file
  }
}

/** The variables of the process. */
export function processVariables(environment: Readonly<Record<string, string | undefined>>): Lookup {
  const variables = new Map(Object.entries(environment))
  return (name) => {
    const text = variables.get(name)
    return text === undefined ? undefined : { text }
  }
}
