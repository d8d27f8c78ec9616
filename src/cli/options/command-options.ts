import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import {
  type CommandName,
  describe,
  groupsOf,
  mayHaveSpaces,
  type OptionGroup,
  type OptionOf,
  plainText,
  REPEATABLE,
} from '../../config/options/entry.ts'
import { OPTION_GROUPS } from '../../config/options/table.ts'
import { environmentNameOf, wordsIn } from './environment.ts'

/** Gives a command its options, in the groups of the table. */
export function addOptions(
  command: CommandUnknownOpts,
  name: CommandName,
  groups: readonly OptionGroup[] = OPTION_GROUPS,
): void {
  for (const { title, options } of groupsOf(name, groups)) {
    command.optionsGroup(`${title}:`)
    for (const option of options) command.addOption(commanderOption(option))
  }
  command.helpOption('-h, --help', 'show this help')
}

/** Examples of the command's options, as lines of its help. */
export function optionExamples(name: CommandName, groups: readonly OptionGroup[] = OPTION_GROUPS): string {
  const options = groupsOf(name, groups).flatMap((group) => group.options)
  const examples = options.flatMap(({ examples }) => examples?.[name] ?? [])
  return examples.map((words) => `  $ regfsck ${name} ${words}\n`).join('')
}

function commanderOption(option: OptionOf): Option {
  const made: Option = new Option(flagsOf(option), descriptionOf(option))
  if (option.hidden) made.hideHelp()
  else made.env(environmentNameOf(option.name))
  if (option.required) made.makeOptionMandatory()
  if ('default' in option) made.default(option.default)
  // For completion in shells. The value is checked later, so that all problems are reported together.
  if ('words' in option) made.argChoices = [...option.words]
  if (option.is === 'counter') made.preset(1).argParser((_: string, before: number | undefined) => (before ?? 0) + 1)
  if (REPEATABLE.has(option.is))
    made
      .default([])
      .argParser((value: string, before: readonly string[]) => [
        ...before,
        ...(mayHaveSpaces(option) ? [value] : wordsIn(value)),
      ])
  return made
}

function flagsOf(option: OptionOf): string {
  const short = option.short === undefined ? '' : `-${option.short}, `
  return `${short}--${option.name}${'value' in option ? ` <${option.value}>` : ''}`
}

/** Without the fixed default, which the help adds. */
function descriptionOf(option: OptionOf): string {
  const { otherwise } = option
  return plainText(`${describe(option)}${otherwise === undefined ? '' : ` (default: ${otherwise})`}`)
}
