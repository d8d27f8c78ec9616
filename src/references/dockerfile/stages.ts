/** The stages of a Dockerfile: what their names and numbers stand for, and which of them end up in the image. */
export class Stages {
  readonly #stages: { readonly name: string | undefined; readonly base: number | undefined }[] = []

  /**
   * Adds the next stage.
   *
   * @returns the number of the stage that its base names; a stage starts only from one before it
   * @see Dockerfile reference, "FROM": a name can be used in a later FROM
   */
  add(name: string | undefined, base: string | undefined): number | undefined {
    const number = base === undefined ? undefined : this.named(base)
    this.#stages.push({ name, base: number })
    return number
  }

  /** The number of the last stage with this name so far. */
  named(text: string): number | undefined {
    const name = text.toLowerCase()
    const number = this.#stages.findLastIndex((stage) => stage.name === name)
    return number < 0 ? undefined : number
  }

  get count(): number {
    return this.#stages.length
  }

  /** For people: `stage build`, or `stage 0` where it has no name. */
  label(number: number): string {
    return `stage ${this.#stages[number]?.name ?? number}`
  }

  /** Whether the image that is built stands on this stage: the last one, and what it starts from. */
  isInImage(number: number): boolean {
    for (let at: number | undefined = this.#stages.length - 1; at !== undefined; at = this.#stages[at]?.base)
      if (at === number) return true
    return false
  }
}
