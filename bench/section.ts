import type { Goal, Outcome, Row } from './row.ts'
import type { Command } from './timing.ts'

export interface Bench {
  /** What is measured, ready to take `scan …` or `--version`. */
  readonly regfsck: Command
  readonly runs: number
  /** Where the trees are, or will be. */
  readonly directory: string
  /** For files that only this run needs. */
  readonly scratch: string
  /** Hold the report of each scan against what the generator wrote, before timing it. */
  readonly prove: boolean
}

/** Some rows that are measured together; outcomes come in the order of the labels. */
export interface Section {
  readonly labels: readonly Omit<Row, 'outcome'>[]
  measure(bench: Bench): Outcome[] | Promise<Outcome[]>
}

export const MEBIBYTE = 2 ** 20

export function atMost(value: number): Goal {
  return { is: 'at most', value }
}

export function atLeast(value: number): Goal {
  return { is: 'at least', value }
}

export function measured(figures: readonly number[]): Outcome {
  return { is: 'measured', figures }
}

export function skipped(because: string): Outcome {
  return { is: 'skipped', because }
}
