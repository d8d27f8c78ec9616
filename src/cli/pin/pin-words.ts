import type { WordsOf } from '../../config/options/words.ts'
import type { OptionValues } from '../options/option-values.ts'

/** Options of `pin`: text, not yet checked. */
export type PinWords = WordsOf<'pin'>

/** What the command does: pins what tags are now, goes back, or only checks pins. */
export type PinMode = 'pin' | 'rollback' | 'check'

/** `--write -`, as without `--write`. */
export const STDOUT = '-'

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
  const hasFile = words.write !== undefined && words.write !== STDOUT
  if (words.rollback && !words.inPlace && !hasFile) refuse('--rollback: works with --write FILE or --in-place')
  if (words.check && words.write === STDOUT) refuse('--check: works with --write FILE; stdout has no pins')
  if (words.check) return 'check'
  return words.rollback ? 'rollback' : 'pin'
}
