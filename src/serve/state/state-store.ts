import { createHash } from 'node:crypto'
import { isFindingCode } from '../../check/findings/catalogue.ts'
import { type Plan, planKey } from '../schedule/plan.ts'
import type { RegistryState } from './registry-state.ts'

/** Files by name. Each is replaced as a whole. */
export interface StateFiles {
  /** @returns `undefined`: no such file @throws {Error} if it cannot be read */
  read(name: string): string | undefined
  /** @throws {Error} if it cannot be written; the old file is then unchanged */
  write(name: string, text: string): void
  /** Renames a file that cannot be used, so that it is neither read again nor lost. */
  setAside(name: string): void
}

const VERSION = 1

/** Keeps the state of each plan over a restart. Without files it keeps nothing. */
export class StateStore {
  readonly #files: StateFiles | undefined
  readonly #warn: (sentence: string) => void

  constructor(files: StateFiles | undefined, warn: (sentence: string) => void) {
    this.#files = files
    this.#warn = warn
  }

  /** @returns `undefined`: there is no state, or it cannot be used; the latter is logged */
  read(plan: Plan): RegistryState | undefined {
    const name = fileOf(plan)
    try {
      const text = this.#files?.read(name)
      if (text === undefined) return undefined
      const state = stateIn(text)
      if (typeof state !== 'string') return state
      this.#files?.setAside(name)
      this.#warn(`state: ${name} ${state}: set aside; earlier results are lost`)
    } catch (error) {
      this.#warn(`state: cannot read ${name}: ${messageOf(error)}`)
    }
    return undefined
  }

  write(plan: Plan, state: RegistryState): void {
    try {
      this.#files?.write(fileOf(plan), JSON.stringify({ version: VERSION, known: state }))
    } catch (error) {
      this.#warn(`state: cannot write ${fileOf(plan)}: ${messageOf(error)}; a restart will lose this run`)
    }
  }
}

/** A hash, because the name of a registry may not be valid as the name of a file. */
function fileOf(plan: Plan): string {
  return `${createHash('sha256').update(planKey(plan)).digest('hex')}.json`
}

const FOREIGN = 'was not written by regfsck'

/** @returns the state, or why the text cannot be used */
function stateIn(text: string): RegistryState | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return FOREIGN
  }
  if (!isRecord(value) || value['version'] !== VERSION) return FOREIGN
  const known = value['known']
  if (!isRecord(known) || !Array.isArray(known['runs']) || !Array.isArray(known['memories'])) return FOREIGN
  const { samples, shown, by } = known
  if (!isRecord(samples) || !['run', 'findings', 'result'].every((group) => Array.isArray(samples[group])))
    return FOREIGN
  const target = isRecord(shown) ? shown['target'] : undefined
  if (shown !== undefined && !(isRecord(target) && Array.isArray(target['findings']))) return FOREIGN
  if (by !== undefined && !(isRecord(by) && Array.isArray(by['arguments']))) return FOREIGN
  // A later version may have more codes, and every use of a finding looks its code up in the catalogue.
  const memories: readonly unknown[] = known['memories']
  const unknown = [target, ...memories].flatMap(codesIn).find((code) => !isFindingCode(code))
  if (unknown !== undefined) return `has a finding code that this version does not know: ${JSON.stringify(unknown)}`
  // The other fields are not checked: this version wrote them.
  return known as unknown as RegistryState
}

/** The codes of all findings of a stored report or of a remembered run. A finding without one has the code `null`. */
function codesIn(record: unknown): readonly unknown[] {
  if (!isRecord(record)) return []
  return ['findings', 'fixed', 'stillKnown']
    .flatMap((key): readonly unknown[] => (Array.isArray(record[key]) ? record[key] : []))
    .map((finding) => (isRecord(finding) ? (finding['code'] ?? null) : null))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
