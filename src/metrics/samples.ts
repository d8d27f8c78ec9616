import { FAMILIES, type FamilyName, PREFIX } from './catalogue.ts'
import type { FamilyGroup } from './family.ts'
import { LEGACY_FAMILIES, type LegacyName } from './legacy-families.ts'

/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>

/** One line of an exposition. */
export interface Sample {
  /** Full name of the family. */
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** The labels that every series of a scan configuration has. */
export interface SeriesIdentity {
  readonly registry: string
  readonly profile?: string
  readonly shard?: string
}

/** The series of one target, by group. */
export class TargetSamples {
  readonly #own: Labels
  readonly #legacy: Labels
  readonly #groups: Readonly<Record<FamilyGroup, Sample[]>> = { run: [], findings: [], result: [] }

  constructor({ registry, ...way }: SeriesIdentity) {
    this.#own = { registry, ...way }
    this.#legacy = { instance: registry, ...way }
  }

  add(family: FamilyName, value: number, labels: Labels = {}): void {
    const name = `${PREFIX}${family}`
    this.#groups[FAMILIES[family].group].push({ name, labels: { ...this.#own, ...labels }, value })
  }

  addLegacy(name: LegacyName, value: number): void {
    this.#groups[LEGACY_FAMILIES[name].group].push({ name, labels: this.#legacy, value })
  }

  of(...groups: readonly FamilyGroup[]): readonly Sample[] {
    return groups.flatMap((group) => this.#groups[group])
  }
}
