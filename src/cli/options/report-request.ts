import type { OUTPUT } from '../../config/options/output.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import type { RunRequest } from '../run/job.ts'
import type { OptionValues } from './option-values.ts'
import { louder } from './verbosity.ts'

/** Options about scanning and reporting that every run has, as given. */
export type ReportWords = WordsOf<'check', typeof OUTPUT> &
  Pick<WordsOf<'check'>, 'depth' | 'recheckDelay' | 'deadline'> &
  Pick<WordsOf<'scan'>, 'state' | 'profile'>

/** Their values. The command reads the outputs, because it knows what else goes to stdout. */
export function readReporting(
  words: ReportWords,
  values: OptionValues,
): Omit<RunRequest, 'outputs' | 'garbage' | 'allTags' | 'metrics' | 'repositoriesAreNamed'> {
  return {
    depth: values.choice('--depth', words.depth, OPTIONS.depth.words),
    recheckDelay: values.wait('--recheck-delay', words.recheckDelay, OPTIONS['recheck-delay']),
    deadline: words.deadline === undefined ? undefined : values.wait('--deadline', words.deadline, OPTIONS.deadline),
    failOn: values.choice('--fail-on', words.failOn, OPTIONS['fail-on'].words),
    color: values.choice('--color', words.color, OPTIONS.color.words),
    logLevel: louder(values.choice('--log-level', words.logLevel, OPTIONS['log-level'].words), 'warn', words.verbose),
    quiet: words.quiet ?? false,
    state: words.state === undefined ? undefined : values.place('--state', words.state),
    profile: words.profile ?? '',
  }
}
