/** Commands that have options. */
export type CommandName = 'scan' | 'check' | 'serve' | 'config check' | 'config schema' | 'explain' | 'completion'

/**
 * Where a configuration file may have the option as a key: at its `top`, in `defaults` alone, or in `scan` settings, which
 * stand in `defaults`, in a registry and in a profile.
 */
export type Place = 'top' | 'defaults' | 'scan'

/** What an option takes. It decides how the option is read, completed, and checked in a configuration file. */
type Takes =
  /** Nothing: it is given or not. */
  | { readonly is: 'switch' }
  /** Nothing: it counts how often it is given. */
  | { readonly is: 'counter' }
  | Valued<'text'>
  | Valued<'file'>
  | Valued<'directory'>
  | Valued<'listen'>
  | Valued<'external-url'>
  | (Valued<'choice'> & {
      readonly words: readonly string[]
      /** A configuration file has a number there. */
      readonly areNumbers?: true
    })
  | (Valued<'duration'> & {
      /** Milliseconds. */
      readonly least: number
    })
  | (Valued<'count'> & { readonly least: number; readonly most: number })
  /** Words; it may be given more than once. */
  | (Valued<'list'> & {
      /** What a configuration file says of a list with nothing in it. */
      readonly emptyInFile?: string
    })
  /** Host names; it may be given more than once. */
  | Valued<'hosts'>
  /** One of some words, with a file or not; it may be given more than once. */
  | (Valued<'outputs'> & { readonly words: readonly string[] })
  /** Names, after an equals sign only; it may stand alone, which means `*`. A configuration file has true or false there. */
  | Valued<'names-or-all'>

interface Valued<K extends string> {
  readonly is: K
  /** The placeholder in `--help`. */
  readonly value: string
  readonly default?: string | undefined
}

interface About {
  /** In Markdown, for the documentation; `--help` and completion show it without the marks. Links are seen from `docs/`. */
  readonly help: string
  readonly commands: readonly CommandName[]
  /** One letter. */
  readonly short?: string
  /** What holds where it is left out, if that is no fixed value. Markdown. */
  readonly otherwise?: string
  /** Left out: it is no key of a configuration file. */
  readonly key?: readonly Place[]
  /** For `--help` of a command: what follows its name. */
  readonly examples?: Partial<Readonly<Record<CommandName, readonly string[]>>>
  /** It is for other processes of ours: no help, no environment variable. */
  readonly hidden?: true
  /** In what it differs where a command means something else by it. */
  readonly differs?: Partial<Readonly<Record<CommandName, Difference>>>
}

interface Difference {
  readonly help?: string
  readonly otherwise?: string
  readonly words?: readonly string[]
  /** There is none. */
  readonly default?: 'none'
  readonly required?: true
}

/**
 * All that is known of an option, in one place. The parser, `--help`, completion, the environment variable, the key in a
 * configuration file and the documentation are made of it.
 */
export type OptionEntry = About & Takes

/** Options that may be given more than once. */
export const REPEATABLE: ReadonlySet<OptionEntry['is']> = new Set(['list', 'hosts', 'outputs', 'names-or-all'])

/** By their long names, without the dashes. */
export type OptionTable = Readonly<Record<string, OptionEntry>>

/** Options that stand together in help. */
export interface OptionGroup {
  readonly title: string
  readonly options: OptionTable
}

/** An option as one command has it. */
export type OptionOf = OptionEntry & { readonly name: string; readonly required?: true }

/** The options of a command, by groups; no group is empty. */
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
  const chosen = words !== undefined && option.is === 'outputs' ? { ...option, words } : option
  return usual === 'none' && 'default' in chosen ? { ...chosen, default: undefined } : chosen
}

/** What it does, in Markdown. */
export function describe({ help, is }: Pick<OptionEntry, 'help' | 'is'>): string {
  return REPEATABLE.has(is) ? `${help}; repeatable` : help
}

/** A text without the marks of Markdown. */
export function plainText(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '')
}
