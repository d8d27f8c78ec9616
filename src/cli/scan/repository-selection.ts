import { type Pattern, type Selection, SelectionCheck } from '../../check/scan/selection.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { isRepositoryName } from '../../oci/names.ts'
import type { OptionValues } from '../options/option-values.ts'
import { LONGEST_GLOB, matcher, patternsOf, whyNoPattern } from './repository-patterns.ts'

/** Options that select repositories: text, not yet checked. */
export type SelectionWords = Pick<WordsOf<'scan'>, 'repositories' | 'repositoriesFrom' | 'exclude' | 'excludeTarget'> &
  Partial<Pick<WordsOf<'scan'>, 'sparse'>>

/** The repositories that are looked into. */
export interface RepositorySelection {
  readonly isWanted: (repository: string) => boolean
  /** Creates the check of the selection for one registry. */
  readonly newCheck: () => SelectionCheck
  /** Repositories given by name, in the catalog or not. */
  readonly named: readonly string[] | undefined
  /** Whether all are given by name, so that the catalog need not be listed. */
  readonly areAllNamed: boolean
}

/** Reads the options that select repositories. */
export function readSelection(words: SelectionWords, values: OptionValues): RepositorySelection {
  const chosen = readChosen(words, values)
  const texts = chosen?.map(({ text }) => text)
  const selection: Selection = {
    chosen,
    excluded: patternsOf('--exclude', words.exclude),
    marked: patternsOf('--sparse', words.sparse ?? []),
  }
  requireShortGlobs(
    {
      '--repositories': texts,
      '--exclude': words.exclude,
      '--exclude-target': words.excludeTarget,
      '--sparse': words.sparse,
    },
    values,
  )
  const exact = texts?.filter((text) => isRepositoryName(text))
  const areAllNamed = texts !== undefined && exact?.length === texts.length
  const isExcluded = matcher(words.exclude)
  if (areAllNamed && texts.length > 0 && texts.every(isExcluded))
    values.problems.push('--exclude: leaves none of the repositories that are named')
  const isNamed = texts === undefined ? () => true : matcher(texts)
  return {
    isWanted: (repository) => isNamed(repository) && !isExcluded(repository),
    newCheck: () => new SelectionCheck(selection),
    named: exact?.length ? [...new Set(exact)] : undefined,
    areAllNamed,
  }
}

/** Names and globs of repositories; `undefined` means all of them. */
function readChosen(words: SelectionWords, values: OptionValues): readonly Pattern[] | undefined {
  const { repositories, repositoriesFrom: file } = words
  for (const text of repositories) requirePattern(text, '--repositories', values)
  const given = patternsOf('--repositories', repositories)
  if (file !== undefined) return [...given, ...patternsOf('--repositories-from', readList(file, values))]
  return given.length > 0 ? given : undefined
}

function requirePattern(text: string, where: string, values: OptionValues): void {
  const why = text.length > LONGEST_GLOB ? undefined : whyNoPattern(text)
  if (why !== undefined) values.problems.push(`${where}: ${why}`)
}

function readList(file: string, values: OptionValues): string[] {
  const text = values.file('--repositories-from', file)
  if (text === undefined) return []
  const lines = text.split('\n').map((line, n) => ({ n: n + 1, text: line.trim() }))
  const named = lines.filter((line) => line.text !== '' && !line.text.startsWith('#'))
  if (named.length === 0) values.problems.push(`--repositories-from: ${file} names no repository`)
  for (const line of named) requirePattern(line.text, `--repositories-from: ${file}, line ${line.n}`, values)
  return named.map((line) => line.text)
}

function requireShortGlobs(globs: Readonly<Record<string, readonly string[] | undefined>>, values: OptionValues): void {
  for (const [flag, list = []] of Object.entries(globs))
    if (list.some((glob) => glob.length > LONGEST_GLOB))
      values.problems.push(`${flag}: expected globs of at most ${LONGEST_GLOB} characters`)
}
