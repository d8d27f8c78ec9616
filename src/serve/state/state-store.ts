import { createHash } from 'node:crypto'
import { keyOf, type Plan } from '../schedule/plan.ts'
import type { Known } from './registry-state.ts'

/** Where texts are kept by name; each is replaced whole. */
export interface Shelf {
  /** @returns `undefined` where there is none @throws {Error} where it cannot be read */
  read(name: string): string | undefined
  /** @throws {Error} where it cannot be written; the old text is still there */
  write(name: string, text: string): void
  /** Puts away what is no text of ours, so that it troubles nobody and is not lost. */
  setAside(name: string): void
}

const VERSION = 1

/** What is known, kept over a restart. Without a shelf nothing is. */
export class Keeping {
  readonly #shelf: Shelf | undefined
  readonly #warn: (sentence: string) => void

  constructor(shelf: Shelf | undefined, warn: (sentence: string) => void) {
    this.#shelf = shelf
    this.#warn = warn
  }

  read(plan: Plan): Known | undefined {
    const name = fileOf(plan)
    try {
      const text = this.#shelf?.read(name)
      if (text === undefined) return undefined
      const known = knownIn(text)
      if (known !== undefined) return known
      this.#shelf?.setAside(name)
      this.#warn(`state: ${name} was not written by regfsck: set aside; earlier results are lost`)
    } catch (error) {
      this.#warn(`state: cannot read ${name}: ${messageOf(error)}`)
    }
    return undefined
  }

  write(plan: Plan, known: Known): void {
    try {
      this.#shelf?.write(fileOf(plan), JSON.stringify({ version: VERSION, known }))
    } catch (error) {
      this.#warn(`state: cannot write ${fileOf(plan)}: ${messageOf(error)}; a restart will lose this run`)
    }
  }
}

/** A name that any file system takes, whatever a registry is called. */
function fileOf(plan: Plan): string {
  return `${createHash('sha256').update(keyOf(plan)).digest('hex')}.json`
}

function knownIn(text: string): Known | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value) || value['version'] !== VERSION) return undefined
  const { known } = value
  if (!isRecord(known) || !Array.isArray(known['runs']) || !Array.isArray(known['memories'])) return undefined
  const { samples, shown, by } = known
  if (!isRecord(samples) || !['run', 'findings', 'result'].every((group) => Array.isArray(samples[group])))
    return undefined
  if (shown !== undefined && !(isRecord(shown) && isRecord(shown['target']))) return undefined
  if (by !== undefined && !(isRecord(by) && Array.isArray(by['arguments']))) return undefined
  // The parts that are read first were checked above; the rest is as this version wrote it.
  return known as unknown as Known
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
