import { didYouMean } from '../../config/nearest.ts'

/** A word that looks like an option, and the options that exist. */
export interface UnknownOption {
  readonly word: string
  readonly known: readonly string[]
}

/** @param afterDashes how many words stand after `--`: they are targets, whatever they look like */
export function unknownAmong(
  words: readonly string[],
  afterDashes: number,
  { options }: { readonly options: readonly { readonly long?: string | undefined; readonly hidden: boolean }[] },
): UnknownOption[] {
  const known = ['--help', ...options.flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : long))]
  return words
    .slice(0, words.length - afterDashes)
    .filter((word) => word.startsWith('-') && word !== '-')
    .map((word) => ({ word, known }))
}

/** The message about such a word. The text after its equals sign may be a password. */
export function unknownOptionText({ word, known }: UnknownOption, command: string): string {
  const name = word.replace(/=.*/s, '')
  const meant = name.startsWith('--')
    ? didYouMean(
        name.slice(2),
        known.map((each) => each.slice(2)),
        '--',
      )
    : ''
  return `unknown option ${JSON.stringify(name)}${meant === '' ? `; see regfsck ${command} --help` : meant}`
}
