/**
 * Which runs replace a family. `run`: every run. `findings`: a complete run, or one that found errors. `result`: only a
 * complete run.
 */
export type FamilyGroup = 'run' | 'findings' | 'result'

/** A metric family. */
export interface Family {
  readonly group: FamilyGroup
  readonly help: string
  /** Labels besides those of every series, each with all its values, or with a description of them. */
  readonly labels: Readonly<Record<string, readonly string[] | string>>
  /** When it is not published, if ever. */
  readonly absent?: string
}
