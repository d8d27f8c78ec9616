import { didYouMean } from '../../config/nearest.ts'
import type { OptionValues } from '../options/option-values.ts'
import { patternsOf } from '../scan/repository-patterns.ts'

/** Which services and workloads are to be pinned. */
export interface Selection {
  takes(usedBy: string): boolean
}

/**
 * Reads `--only` and `--exclude`. A pattern that matches nothing is a problem.
 *
 * @param all everything that has an image, as references name it: `service web`, `Deployment shop/web, container app`
 */
export function readSelection(
  words: { readonly only: readonly string[]; readonly exclude: readonly string[] },
  all: readonly string[],
  values: OptionValues,
): Selection {
  const only = patternsOf('--only', words.only)
  const exclude = patternsOf('--exclude', words.exclude)
  const names = all.map(namesOf)
  for (const { option, text, matches } of [...only, ...exclude]) {
    if (names.some((each) => each.some(matches))) continue
    const known = [...new Set(names.map(([name = '']) => name))]
    const meant = didYouMean(text, known)
    values.problems.push(
      `${option}: nothing is called ${JSON.stringify(text)}${meant || `; there is ${known.join(', ')}`}`,
    )
  }
  return {
    takes: (usedBy) => {
      const isOne = ({ matches }: { readonly matches: (name: string) => boolean }): boolean =>
        namesOf(usedBy).some(matches)
      return (only.length === 0 || only.some(isOne)) && !exclude.some(isOne)
    },
  }
}

/** `Deployment shop/web, container app` is `web` and `shop/web`. */
function namesOf(usedBy: string): readonly string[] {
  const [user = ''] = usedBy.split(',')
  const name = user.replace(/^\S+ /, '')
  const last = name.replace(/^.*\//, '')
  return last === name ? [name] : [last, name]
}
