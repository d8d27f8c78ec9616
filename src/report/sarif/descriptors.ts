/** The rules, or the kinds of notifications, that a run uses. Each has an index, by which others refer to it. */
export class Descriptors<C extends string> {
  readonly all: object[] = []
  readonly #indexes = new Map<C, number>()
  readonly #describe: (code: C) => object

  constructor(describe: (code: C) => object) {
    this.#describe = describe
  }

  indexOf(code: C): number {
    const known = this.#indexes.get(code)
    if (known !== undefined) return known
    this.#indexes.set(code, this.all.length)
    return this.all.push(this.#describe(code)) - 1
  }
}
