import type { WordsOf } from '../../config/options/words.ts'
import type { OptionValues } from '../options/option-values.ts'

/** Options of `pin`: text, not yet checked. */
export type PinWords = WordsOf<'pin'>

/** What the command does: pins what tags are now, goes back, or only checks pins. */
export type PinMode = 'pin' | 'rollback' | 'check'

/** Refuses options that contradict each other. */
export function requireConsistent(words: PinWords, values: OptionValues): PinMode {
  const refuse = (problem: string): void => {
    values.problems.push(problem)
  }
  if (words.from.length === 0) refuse('there is nothing to pin: name a file that names images with --from')
  if (words.inPlace && words.write !== undefined) refuse('--in-place: works without --write')
  if (words.inPlace && words.format !== undefined) refuse('--in-place: works without --format')
  if (words.rollback && words.check) refuse('--rollback: works without --check')
  if (words.update && (words.rollback || words.check)) refuse('--update: works without --rollback and --check')
  if (words.rollback && !words.inPlace && words.write === undefined)
    refuse('--rollback: works with --write or --in-place')
  if (words.check) return 'check'
  return words.rollback ? 'rollback' : 'pin'
}
