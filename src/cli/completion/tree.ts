import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { STAND_ALONE } from '../../config/options/table.ts'

/** What may stand where a value is expected. */
export type Completes =
  | { readonly is: 'words'; readonly words: readonly string[] }
  /** A word, and a file after its equals sign: `json=report.json`. */
  | { readonly is: 'words-or-files'; readonly words: readonly string[] }
  | { readonly is: 'file' }
  | { readonly is: 'directory' }
  /** What no shell can know, such as a name or a number. */
  | { readonly is: 'anything' }

/** As much of an option as a shell needs. */
export interface OptionNode {
  readonly short: string | undefined
  readonly long: string
  readonly description: string
  /** `undefined`: it takes none. */
  readonly value: Completes | undefined
  readonly isRepeatable: boolean
}

/** A command and what may follow it. */
export interface CommandNode {
  /** Names from the program's first command down to it: `config check`; empty for the program. */
  readonly path: string
  readonly name: string
  readonly description: string
  readonly commands: readonly CommandNode[]
  readonly options: readonly OptionNode[]
  readonly argument: { readonly value: Completes; readonly isVariadic: boolean } | undefined
}

/**
 * The commands as they are, so that no list of them has to be kept for shells.
 *
 * @param codes that `explain` knows
 * @param beside names of the commands beside it, which `help` takes
 */
export function commandTree(
  command: CommandUnknownOpts,
  codes: readonly string[],
  { path, beside }: { readonly path: string; readonly beside: readonly string[] } = { path: '', beside: [] },
): CommandNode {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  const names = commands.map((each) => each.name())
  const [argument] = command.registeredArguments
  const known = command.name() === 'help' ? beside.filter((name) => name !== 'help') : codes
  return {
    path,
    name: command.name(),
    description: shortened(command.description()),
    commands: commands.map((each) =>
      commandTree(each, codes, { path: `${path} ${each.name()}`.trim(), beside: names }),
    ),
    options: help.visibleOptions(command).map(optionNode),
    argument: argument && { value: argumentValue(argument, known), isVariadic: argument.variadic },
  }
}

function optionNode(option: Option): OptionNode {
  const long = option.long ?? option.flags
  return {
    short: option.short,
    long,
    description: shortened(option.description),
    value: option.required && !STAND_ALONE.has(long) ? optionValue(option) : undefined,
    isRepeatable: Array.isArray(option.defaultValue) || option.parseArg !== undefined,
  }
}

/** The placeholder in its flags says what it takes. */
function optionValue({ flags, argChoices }: Option): Completes {
  const [, placeholder = ''] = /<(.*)>/.exec(flags) ?? []
  if (argChoices !== undefined)
    return { is: placeholder.endsWith('[=file]') ? 'words-or-files' : 'words', words: argChoices }
  return byPlaceholder(placeholder)
}

function argumentValue(argument: Argument, known: readonly string[]): Completes {
  const name = argument.name()
  if (argument.argChoices !== undefined) return { is: 'words', words: argument.argChoices }
  if (name === 'code' || name === 'command') return { is: 'words', words: known }
  return byPlaceholder(name)
}

function byPlaceholder(placeholder: string): Completes {
  switch (placeholder) {
    case 'file':
      return { is: 'file' }
    case 'directory':
    case 'target':
      return { is: 'directory' }
    default:
      return { is: 'anything' }
  }
}

/** Its first part: a shell shows it beside the word, on one line. */
function shortened(description: string): string {
  return description.split(/; | \(|\n/)[0]?.trim() ?? ''
}
