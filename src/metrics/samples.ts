import { FAMILIES, type FamilyGroup, type FamilyName, LEGACY_FAMILIES, type LegacyName, PREFIX } from './catalogue.ts'

export type Labels = Readonly<Record<string, string>>

/** One line of an exposition. */
export interface Sample {
  /** Of the family, whole. */
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** What tells the series of one way to look at one registry from those of all others. */
export interface SeriesIdentity {
  readonly registry: string
  readonly profile?: string
  readonly shard?: string
}

/** Takes numbers in any order, and hands out the series of one target by group. */
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
