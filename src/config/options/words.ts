import type { CommandName, OptionEntry, OptionTable } from './entry.ts'
import type { Options } from './table.ts'

/** `recheck-delay` is `recheckDelay` in code. */
type Camel<N extends string> = N extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : N

/** The same kinds as in `REPEATABLE`. */
type Repeatable = 'list' | 'hosts' | 'outputs' | 'names-or-all'

/** The value of an option before it is checked. */
type Written<E extends OptionEntry> = E['is'] extends 'switch'
  ? boolean
  : E['is'] extends 'counter'
    ? number
    : E['is'] extends Repeatable
      ? readonly string[]
      : string

/** Whether the option always has a value. */
type IsSure<E extends OptionEntry, C extends CommandName> = E extends {
  readonly differs: { readonly [K in C]: { readonly default: 'none' } }
}
  ? false
  : E extends { readonly differs: { readonly [K in C]: { readonly required: true } } }
    ? true
    : E extends { readonly is: Repeatable } | { readonly default: string }
      ? true
      : false

type Of<C extends CommandName, E extends OptionEntry> = C extends E['commands'][number] ? true : false

/** The unchecked options of a command, by their names in code. */
export type WordsOf<C extends CommandName, T extends OptionTable = Options> = {
  readonly [N in keyof T & string as [Of<C, T[N]>, IsSure<T[N], C>] extends [true, true] ? Camel<N> : never]: Written<
    T[N]
  >
} & {
  readonly [N in keyof T & string as [Of<C, T[N]>, IsSure<T[N], C>] extends [true, false] ? Camel<N> : never]?:
    | Written<T[N]>
    | undefined
}
