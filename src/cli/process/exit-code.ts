/** The exit codes, documented in README and `--help`. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 70 | 130 | 143

/** How a run ended, apart from bad usage and internal errors. */
export interface Outcome {
  readonly stoppedBy: 'SIGINT' | 'SIGTERM' | undefined
  readonly undelivered: boolean
  /** Findings at or above `--fail-on`. */
  readonly failing: boolean
  readonly targetsRead: number
  readonly complete: boolean
}

/** The exit code of a run that ended normally. */
export function exitCodeOf(outcome: Outcome): ExitCode {
  if (outcome.stoppedBy) return outcome.stoppedBy === 'SIGINT' ? 130 : 143
  if (outcome.undelivered) return 5
  if (outcome.failing) return 1
  if (outcome.targetsRead === 0) return 4
  return outcome.complete ? 0 : 3
}
