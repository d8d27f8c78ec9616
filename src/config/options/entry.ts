/** Commands that have options. */
export type CommandName =
  | 'scan'
  | 'check'
  | 'pin'
  | 'reachable'
  | 'gc-preview'
  | 'serve'
  | 'config check'
  | 'config schema'
  | 'explain'
  | 'completion'

/**
 * Where the option is allowed as a key of a configuration file: at the `top`, only in `defaults`, or in `scan` settings,
 * which are allowed in `defaults`, in a registry and in a profile. What `check` knows of the last is allowed in an entry of
 * `references` too, besides the options that are allowed only there.
 */
export type Place = 'top' | 'defaults' | 'scan' | 'references'

/** The kind of value of an option. It decides how the option is parsed, completed, and checked in a configuration file. */
type Takes =
  /** No value: it is set or not. */
  | { readonly is: 'switch' }
  /** No value: it counts how often it is given. */
  | { readonly is: 'counter' }
  | Valued<'text'>
  | Valued<'file'>
  | Valued<'directory'>
  | Valued<'listen'>
  | Valued<'external-url'>
  | (Valued<'choice'> & {
      /** In a configuration file, one that is a number may be written as a number. */
      readonly words: readonly string[]
    })
  | (Valued<'duration'> & {
      /** Milliseconds. */
      readonly least: number
    })
  | (Valued<'count'> & { readonly least: number; readonly most: number })
  /** Words; it may be given more than once. */
  | (Valued<'list'> & {
      /** The error for an empty list in a configuration file. */
      readonly emptyInFile?: string
      /** Paths and other texts with spaces: a flag has one value. Else it may have several, separated by spaces. */
      readonly mayHaveSpaces?: true
      /** Commands that write more than is meant if its variable is empty, and refuse that. */
      readonly refusedIfEmpty?: readonly CommandName[]
    })
  /** Host names; it may be given more than once. */
  | Valued<'hosts'>
  /** One of some words, with or without a file; it may be given more than once. */
  | (Valued<'outputs'> & { readonly words: readonly string[] })
  /** Names after an equals sign. Without a value it means `*`. In a configuration file it may be true or false. */
  | Valued<'names-or-all'>

interface Valued<K extends string> {
  readonly is: K
  /** The placeholder in `--help`. */
  readonly value: string
  readonly default?: string | undefined
}

interface About {
  /** Markdown, for the documentation. `--help` and completion print it as plain text. Links are relative to `docs/`. */
  readonly help: string
  readonly commands: readonly CommandName[]
  /** One letter. */
  readonly short?: string
  /** The default, if that is no fixed value. Markdown. */
  readonly otherwise?: string
  /** Missing: it is not allowed in a configuration file. */
  readonly key?: readonly Place[]
  /** Examples for `--help` of a command, without the name of the command. */
  readonly examples?: Partial<Readonly<Record<CommandName, readonly string[]>>>
  /** Only used between regfsck's own processes: it has no help and no environment variable. */
  readonly hidden?: true
  /** How it differs in a command that gives it another meaning. */
  readonly differs?: Partial<Readonly<Record<CommandName, Difference>>>
}

interface Difference {
  readonly help?: string
  readonly otherwise?: string
  readonly words?: readonly string[]
  /** It has no default. */
  readonly default?: 'none'
  readonly required?: true
}

/**
 * The one definition of an option. The parser, `--help`, completion, the environment variable, the key in a
 * configuration file and the documentation are derived from it.
 */
export type OptionEntry = About & Takes

/** Options that may be given more than once. */
export const REPEATABLE: ReadonlySet<OptionEntry['is']> = new Set(['list', 'hosts', 'outputs', 'names-or-all'])

/** Whether a flag has one value, spaces and all. In the environment, line breaks separate such values too. */
export function mayHaveSpaces(option: OptionEntry): boolean {
  return option.is === 'outputs' || (option.is === 'list' && option.mayHaveSpaces === true)
}

/** By their long names, without the dashes. */
export type OptionTable = Readonly<Record<string, OptionEntry>>

/** Options in one group of `--help`. */
export interface OptionGroup {
  readonly title: string
  readonly options: OptionTable
}

/** An option of one command. */
export type OptionOf = OptionEntry & { readonly name: string; readonly required?: true }

/** The options of a command by group, without empty groups. */
export function groupsOf(
  command: CommandName,
  groups: readonly OptionGroup[],
): readonly { readonly title: string; readonly options: readonly OptionOf[] }[] {
  return groups
    .map(({ title, options }) => ({
      title,
      options: Object.entries(options)
        .filter(([, { commands }]) => commands.includes(command))
        .map(([name, entry]) => optionFor(command, name, entry)),
    }))
    .filter(({ options }) => options.length > 0)
}

function optionFor(command: CommandName, name: string, entry: OptionEntry): OptionOf {
  const { default: usual, words, ...others } = entry.differs?.[command] ?? {}
  const option: OptionOf = { ...entry, ...others, name }
  const chosen = words !== undefined && 'words' in option ? { ...option, words } : option
  return usual === 'none' && 'default' in chosen ? { ...chosen, default: undefined } : chosen
}

/** What an option does, in Markdown. */
export function describe({ help, is }: Pick<OptionEntry, 'help' | 'is'>): string {
  return REPEATABLE.has(is) ? `${help}; repeatable` : help
}

/** Markdown as plain text. */
export function plainText(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '')
}
