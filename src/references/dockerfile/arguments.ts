import { expand, type Lookup, type VariableValue } from './expand.ts'

/**
 * The arguments that stand before the first FROM: no other variable counts in an image's name.
 *
 * @see Dockerfile reference, "Understand how ARG and FROM interact", "Automatic platform ARGs in the global scope"
 */
export class GlobalArguments {
  readonly #given: ReadonlyMap<string, string>
  readonly #escape: string
  readonly #values = new Map<string, VariableValue>()

  /** @param given what `--build-arg` gives */
  constructor(given: ReadonlyMap<string, string>, escaping: string) {
    this.#given = given
    this.#escape = escaping
  }

  /** @param fallback the text of its default; it may use the arguments before it */
  declare(name: string, fallback: string | undefined): void {
    this.#values.set(name, this.#valueOf(name, fallback))
  }

  readonly lookup: Lookup = (name) => {
    const declared = this.#values.get(name)
    if (declared !== undefined) return declared
    if (!PLATFORM_ARGUMENTS.has(name))
      return { is: 'unset', because: `${name} is not declared with ARG before the first FROM` }
    const value = this.#given.get(name)
    if (value !== undefined) return { is: 'set', value }
    return { is: 'set by the builder', because: `${name} depends on the platform that is built` }
  }

  #valueOf(name: string, fallback: string | undefined): VariableValue {
    const value = this.#given.get(name)
    if (value !== undefined) return { is: 'set', value }
    if (fallback === undefined)
      return PLATFORM_ARGUMENTS.has(name)
        ? this.lookup(name)
        : { is: 'unset', because: `the argument ${name} has no value` }
    const expanded = expand(fallback, this.#escape, this.lookup)
    if (expanded.is === 'known') return { is: 'set', value: expanded.text }
    if (expanded.is === 'set by the builder') return { is: expanded.is, because: expanded.because }
    return { is: 'incomplete', because: expanded.because }
  }
}

const PLATFORM_ARGUMENTS: ReadonlySet<string> = new Set(
  ['BUILD', 'TARGET'].flatMap((side) => ['PLATFORM', 'OS', 'ARCH', 'VARIANT'].map((part) => `${side}${part}`)),
)
