import type { UncheckedRecord } from '../records.ts'

/** A name or glob by which the operator chooses repositories. */
export interface Pattern {
  /** The option that it was given with. */
  readonly option: string
  readonly text: string
  readonly matches: (repository: string) => boolean
}

/** What the operator wants of a registry's repositories. */
export interface Selection {
  /** Left out: all of them. */
  readonly chosen: readonly Pattern[] | undefined
  readonly excluded: readonly Pattern[]
  /** What is told of them beside: nothing is left out by it. */
  readonly marked: readonly Pattern[]
}

/**
 * Holds a selection against the repositories of one registry: what was asked for and is not there was not looked at.
 * Slices do not count: a slice without any of the chosen repositories is lawful.
 */
export class SelectionCheck {
  readonly #selection: Selection
  readonly #unmatched: Set<Pattern>
  #listed = 0
  #isEmpty = true
  #isListed = false

  constructor(selection: Selection) {
    this.#selection = selection
    this.#unmatched = new Set([...(selection.chosen ?? []), ...selection.excluded, ...selection.marked])
  }

  /** Take note of a repository that is there, or that is asked for by its name. */
  see(repository: string): void {
    this.#listed++
    for (const pattern of this.#unmatched) if (pattern.matches(repository)) this.#unmatched.delete(pattern)
    if (this.#isEmpty) this.#isEmpty = !this.#wants(repository)
  }

  #wants(repository: string): boolean {
    const { chosen, excluded } = this.#selection
    const matches = (pattern: Pattern): boolean => pattern.matches(repository)
    return (chosen?.some(matches) ?? true) && !excluded.some(matches)
  }

  /** Patterns that matched nothing; `undefined` as long as not all repositories are listed. */
  get unmatched(): ReadonlySet<Pattern> | undefined {
    return this.#isListed ? this.#unmatched : undefined
  }

  /** What was asked for and was not found, once all repositories are listed. @param each whether each pattern counts, or all together */
  missing(each: boolean): readonly UncheckedRecord[] {
    this.#isListed = true
    const { chosen = [] } = this.#selection
    const unmatched = chosen.filter((pattern) => this.#unmatched.has(pattern))
    const none = this.#listed === 0 ? 'no repository' : `none of the ${this.#listed} repositories`
    if (each || unmatched.length === chosen.length)
      if (unmatched.length > 0)
        return unmatched.map(({ option, text }) => noMatch(text, `${option} ${JSON.stringify(text)} matches ${none}`))
    if (this.#isEmpty && this.#listed > 0) return [noMatch('--exclude', `--exclude leaves ${none}`)]
    return []
  }
}

function noMatch(pattern: string, detail: string): UncheckedRecord {
  return { repository: undefined, pattern, because: 'NO_MATCH', detail }
}
