import { isFindingCode } from '../../check/findings/catalogue.ts'
import { type Plan, planKey } from '../schedule/plan.ts'
import { isObject, JsonStore, type StateFiles } from './json-store.ts'
import type { RegistryState } from './registry-state.ts'

const VERSION = 1

/** Keeps the state of each plan over a restart. */
export class StateStore {
  readonly #store: JsonStore<RegistryState>

  constructor(files: StateFiles | undefined, warn: (sentence: string) => void) {
    const encode = (known: RegistryState): unknown => ({ version: VERSION, known })
    this.#store = new JsonStore(files, warn, { prefix: '', encode, decode: stateIn })
  }

  /** @returns `undefined` if nothing is stored, or if it cannot be used, which is logged */
  read(plan: Plan): RegistryState | undefined {
    return this.#store.read(planKey(plan))
  }

  write(plan: Plan, state: RegistryState): void {
    this.#store.write(planKey(plan), state)
  }
}

const FOREIGN = 'was not written by regfsck'

/** @returns the state, or why it cannot be used */
function stateIn(value: unknown): RegistryState | string {
  if (!isObject(value) || value['version'] !== VERSION) return FOREIGN
  const known = value['known']
  if (!isObject(known) || !Array.isArray(known['runs']) || !Array.isArray(known['memories'])) return FOREIGN
  const { samples, shown, by } = known
  if (!isObject(samples) || !['run', 'findings', 'result'].every((group) => Array.isArray(samples[group])))
    return FOREIGN
  const target = isObject(shown) ? shown['target'] : undefined
  if (shown !== undefined && !(isObject(target) && Array.isArray(target['findings']))) return FOREIGN
  if (by !== undefined && !(isObject(by) && Array.isArray(by['arguments']))) return FOREIGN
  // A later version may have more codes, and every use of a finding looks its code up in the catalogue.
  const memories: readonly unknown[] = known['memories']
  const unknown = [target, ...memories].flatMap(codesIn).find((code) => !isFindingCode(code))
  if (unknown !== undefined) return `has a finding code that this version does not know: ${JSON.stringify(unknown)}`
  // The other fields are not checked: this version wrote them.
  return known as unknown as RegistryState
}

/** The codes of all findings of a stored report or of a remembered run. A finding without one has the code `null`. */
function codesIn(record: unknown): readonly unknown[] {
  if (!isObject(record)) return []
  return ['findings', 'fixed', 'stillKnown']
    .flatMap((key): readonly unknown[] => (Array.isArray(record[key]) ? record[key] : []))
    .map((finding) => (isObject(finding) ? (finding['code'] ?? null) : null))
}
