import { CHOICES } from '../../config/choices.ts'
import type { RunRequest } from '../run/run.ts'
import type { OptionValues } from './option-values.ts'
import { louder } from './verbosity.ts'

/** Options about looking and telling that every run has, as they are written. */
export interface ReportWords {
  readonly depth: string
  readonly output: readonly string[]
  readonly recheckDelay: string
  readonly deadline?: string | undefined
  readonly failOn: string
  readonly color: string
  readonly logLevel: string
  readonly quiet?: boolean | undefined
  /** How many steps more detail than by default. */
  readonly verbose?: number | undefined
  readonly state?: string | undefined
  readonly profile?: string | undefined
}

/** What they mean; outputs are read by the command, which knows what else goes to stdout. */
export function readReporting(
  words: ReportWords,
  values: OptionValues,
): Omit<RunRequest, 'outputs' | 'garbage' | 'allTags' | 'metrics' | 'repositoriesAreNamed'> {
  return {
    depth: values.choice('--depth', words.depth, CHOICES.depth),
    recheckDelay: values.wait('--recheck-delay', words.recheckDelay, 0),
    deadline: words.deadline === undefined ? undefined : values.wait('--deadline', words.deadline, 1),
    failOn: values.choice('--fail-on', words.failOn, CHOICES['fail-on']),
    color: values.choice('--color', words.color, CHOICES.color),
    logLevel: louder(values.choice('--log-level', words.logLevel, CHOICES['log-level']), 'warn', words.verbose),
    quiet: words.quiet ?? false,
    state: words.state === undefined ? undefined : values.place('--state', words.state),
    profile: words.profile ?? '',
  }
}
