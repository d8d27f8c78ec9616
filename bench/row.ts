import type { Round } from './timing.ts'

/** What a measured figure must be, in the unit of its row. */
export interface Goal {
  readonly is: 'at most' | 'at least'
  readonly value: number
}

/** One line of the table. */
export interface Row {
  readonly what: string
  readonly against: string
  readonly unit: '×' | 'MiB' | 'ms' | '/s'
  /** `undefined`: worth telling, but nothing was promised. */
  readonly goal: Goal | undefined
  readonly outcome: Outcome
}

export type Outcome =
  /** `seconds` are medians: of the one above the line of the ratio, and of the one below it. */
  | { readonly is: 'measured'; readonly figures: readonly number[]; readonly seconds?: readonly [number, number] }
  | { readonly is: 'skipped'; readonly because: string }
  | { readonly is: 'failed'; readonly because: string }

export type Verdict = 'pass' | 'MISSED' | 'no goal' | 'skipped' | 'FAILED'

/** A goal is held against the median. */
export function verdictOf({ goal, outcome }: Row): Verdict {
  if (outcome.is === 'skipped') return 'skipped'
  if (outcome.is === 'failed') return 'FAILED'
  if (goal === undefined) return 'no goal'
  const middle = median(outcome.figures)
  return (goal.is === 'at most' ? middle <= goal.value : middle >= goal.value) ? 'pass' : 'MISSED'
}

/** The time of `over` divided by the time of `under`, round by round. */
export function ratios<Name extends string>(rounds: readonly Round<Name>[], over: Name, under: Name): Outcome {
  const seconds = (name: Name) => median(rounds.map((round) => round[name]))
  const figures = rounds.map((round) => round[over] / round[under])
  return { is: 'measured', figures, seconds: [seconds(over), seconds(under)] }
}

/** Of at least one figure. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const pair = sorted.slice(Math.floor(middle), Math.ceil(middle) + 1)
  return pair.reduce((sum, figure) => sum + figure, 0) / pair.length
}
