import {
  type CommandName,
  groupsOf,
  type OptionEntry,
  type OptionTable,
  REPEATABLE,
} from '../../config/options/entry.ts'
import { OPTION_GROUPS, OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { emptyValueProblems } from './empty-values.ts'
import { environmentNameOf, valuesIn } from './environment.ts'
import type { Given } from './given.ts'
import { UsageError } from './usage-error.ts'

/** Values that turn a switch off in the environment. */
const OFF: ReadonlySet<string> = new Set(['', '0', 'false', 'no', 'off'])

/**
 * Option values: from the command line, else the environment, else the file of `--config`, else the default.
 *
 * @throws {UsageError} with a line for each problem
 */
export async function wordsGiven<C extends CommandName>(name: C, command: Given): Promise<WordsOf<C>> {
  const empty = emptyValueProblems(name, command)
  if (empty.length > 0) throw new UsageError(empty)
  const { config } = command.opts()
  // The YAML reader is only loaded if needed. `serve` reads the file itself.
  const inFile =
    typeof config === 'string' && name !== 'serve'
      ? (await import('../config/file-defaults.ts')).defaultsFrom(config, command)
      : {}
  const words = { ...command.opts(), ...environmentWords(command), ...inFile }
  if (!areWordsOf(name, words))
    throw new TypeError(`the parser does not know an option of ${name} by the kind in its table`)
  return words
}

/** What the environment writes in its own way: `false` turns a switch off, a number counts, spaces separate values. */
function environmentWords(command: Given): Readonly<Record<string, unknown>> {
  const inEnvironment = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'env',
  )
  return Object.fromEntries(
    inEnvironment.flatMap((option): (readonly [string, boolean | number | readonly string[]])[] => {
      const name = option.attributeName()
      const word = process.env[environmentNameOf(option.name())] ?? ''
      const parsed = command.opts()[name]
      if (Array.isArray(parsed)) return [[name, valuesIn(word, TABLE[option.name()])]]
      switch (typeof parsed) {
        case 'boolean':
          return [[name, !OFF.has(word)]]
        case 'number':
          return [[name, OFF.has(word) ? 0 : /^\d$/.test(word) ? Number(word) : 1]]
        default:
          return []
      }
    }),
  )
}

const TABLE: OptionTable = OPTIONS

/** Whether each option has the type that its entry in the table says. */
function areWordsOf<C extends CommandName>(
  command: C,
  words: Readonly<Record<string, unknown>>,
): words is Readonly<Record<string, unknown>> & WordsOf<C> {
  const options = groupsOf(command, OPTION_GROUPS).flatMap((group) => group.options)
  return options.every((option) => {
    const word = words[option.name.replaceAll(/-[a-z]/g, ([, letter = '']) => letter.toUpperCase())]
    if (word !== undefined) return isWritten(option, word)
    const usual = 'default' in option ? option.default : undefined
    return option.required !== true && usual === undefined && !REPEATABLE.has(option.is)
  })
}

function isWritten({ is }: OptionEntry, word: unknown): boolean {
  if (is === 'switch') return typeof word === 'boolean'
  if (is === 'counter') return typeof word === 'number'
  return REPEATABLE.has(is) ? Array.isArray(word) : typeof word === 'string'
}
