import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import { STAND_ALONE } from '../../config/options/table.ts'

/** What a value completes to. */
export type Completes =
  | { readonly is: 'words'; readonly words: readonly string[] }
  /** A word, then a file after an equals sign: `json=report.json`. */
  | { readonly is: 'words-or-files'; readonly words: readonly string[] }
  | { readonly is: 'file' }
  | { readonly is: 'directory' }
  /** Nothing that a shell can complete, such as a number. */
  | { readonly is: 'anything' }

/** An option, for completion. */
export interface OptionNode {
  readonly short: string | undefined
  readonly long: string
  readonly description: string
  /** `undefined`: it takes no value. */
  readonly value: Completes | undefined
  readonly isRepeatable: boolean
}

/** A command, for completion. */
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
 * Derives the tree from the commands, so that completion needs no list of its own.
 *
 * @param codes the codes that `explain` accepts
 * @param beside names of its sibling commands, which `help` accepts
 */
export function commandTree(
  command: CommandUnknownOpts,
  codes: readonly string[],
  { path, siblings }: { readonly path: string; readonly siblings: readonly string[] } = { path: '', siblings: [] },
): CommandNode {
  const help = command.createHelp()
  const commands = help.visibleCommands(command)
  const names = commands.map((each) => each.name())
  const [argument] = command.registeredArguments
  const known = command.name() === 'help' ? siblings.filter((name) => name !== 'help') : codes
  return {
    path,
    name: command.name(),
    description: shortened(command.description()),
    commands: commands.map((each) =>
      commandTree(each, codes, { path: `${path} ${each.name()}`.trim(), siblings: names }),
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

/** The placeholder of an option decides what its value completes to. */
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

/** The first part of a description: a shell shows it on one line beside the word. */
function shortened(description: string): string {
  return description.split(/; | \(|\n/)[0]?.trim() ?? ''
}
