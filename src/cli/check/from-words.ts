import type { WordsOf } from '../../config/options/words.ts'
import type { OptionValues } from '../options/option-values.ts'

/** Options about files that name images. */
export type FromWords = Pick<
  WordsOf<'check'>,
  | 'from'
  | 'fromType'
  | 'recursive'
  | 'envFile'
  | 'composeProfile'
  | 'buildArg'
  | 'customImageFields'
  | 'moved'
  | 'usePullSecrets'
>

/** Refuses options that say nothing without `--from`. */
export function requireFrom(words: FromWords, values: OptionValues): void {
  if (words.from.length > 0) return
  const given = {
    '--from-type': words.fromType,
    '--recursive': words.recursive,
    '--env-file': words.envFile[0],
    '--compose-profile': words.composeProfile[0],
    '--build-arg': words.buildArg[0],
    '--moved': words.moved,
    '--use-pull-secrets': words.usePullSecrets,
    '--custom-image-fields': words.customImageFields[0],
  }
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined && value !== false) values.problems.push(`${flag}: only works with --from`)
}
