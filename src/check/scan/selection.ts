import type { UncheckedRecord } from '../records.ts'

/** A name or glob that selects repositories. */
export interface Pattern {
  /** The option that it was given with. */
  readonly option: string
  readonly text: string
  readonly matches: (repository: string) => boolean
}

/** The repositories of a registry that the operator selected. */
export interface Selection {
  /** Missing: all of them. */
  readonly chosen: readonly Pattern[] | undefined
  readonly excluded: readonly Pattern[]
  /** Patterns of other options, such as `--sparse`. They do not narrow the selection. */
  readonly marked: readonly Pattern[]
}

/**
 * Compares a selection with the repositories of one registry. A selected repository that does not exist is unchecked.
 * Shards are ignored: a shard may contain none of the selected repositories.
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

  /** Records a repository that exists, or that is selected by name. */
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

  /** Patterns that matched nothing; `undefined` until all repositories are listed. */
  get unmatched(): ReadonlySet<Pattern> | undefined {
    return this.#isListed ? this.#unmatched : undefined
  }

  /**
   * Selected patterns that matched nothing, once all repositories are listed.
   * @param each `true`: each pattern counts; `false`: only if none of them matched
   */
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
