import type { OptionValues } from './option-values.ts'
import type { RunRequest } from './run.ts'

/** Options about looking and telling that every run has, as they are written. */
export interface ReportWords {
  readonly depth: string
  readonly output: readonly string[]
  readonly recheckDelay: string
  readonly deadline?: string | undefined
  readonly failOn: string
  readonly color: string
  readonly logLevel: string
  readonly state?: string | undefined
  readonly profile?: string | undefined
}

const LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** What they mean; outputs are read by the command, which knows what else goes to stdout. */
export function readReporting(
  words: ReportWords,
  values: OptionValues,
): Omit<RunRequest, 'outputs' | 'garbage' | 'allTags' | 'metrics' | 'repositoriesAreNamed'> {
  return {
    depth: values.choice('--depth', words.depth, ['blobs', 'graph', 'content']),
    recheckDelay: values.wait('--recheck-delay', words.recheckDelay),
    deadline: words.deadline === undefined ? undefined : values.wait('--deadline', words.deadline),
    failOn: values.choice('--fail-on', words.failOn, ['error', 'warning', 'never']),
    color: values.choice('--color', words.color, ['auto', 'always', 'never']),
    logLevel: values.choice('--log-level', words.logLevel, LEVELS),
    state: words.state === undefined ? undefined : values.place('--state', words.state),
    profile: words.profile ?? '',
  }
}
