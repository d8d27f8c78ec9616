import type { Digest } from '../../oci/digest.ts'
import type { Inventory } from '../inventory.ts'
import type { GcBreakage, GcDeleted, GcOutcome } from '../outcome.ts'
import { lossOf, type Sides } from './loss.ts'
import { Serving } from './serving.ts'

/**
 * What a collection takes from digests that somebody pulls, such as one platform of an index. {@link GcOutcome.broken} tells of
 * those only by the index above them.
 */
export class DigestBreakages {
  readonly #inventory: Inventory
  readonly #outcome: Pick<GcOutcome, 'run' | 'deleted'>
  #sides: Sides | undefined
  readonly #known = new Map<string, GcBreakage | undefined>()

  constructor(inventory: Inventory, outcome: Pick<GcOutcome, 'run' | 'deleted'>) {
    this.#inventory = inventory
    this.#outcome = outcome
  }

  /** Each digest's breakage is one object. `undefined`: it can be pulled afterwards, or could not be pulled before. */
  of(repository: string, digest: Digest): GcBreakage | undefined {
    const key = `${repository} ${digest}`
    if (!this.#known.has(key)) this.#known.set(key, this.#breakage(repository, digest))
    return this.#known.get(key)
  }

  #breakage(repository: string, digest: Digest): GcBreakage | undefined {
    const found = this.#inventory.repositories.found.find(({ name }) => name === repository)
    this.#sides ??= this.#served()
    const loss = found && lossOf(this.#sides, found, digest)
    return loss && { repository, tag: undefined, digest, ...loss, intended: false }
  }

  #served(): Sides {
    const { run, deleted } = this.#outcome
    const serving = (gone: GcDeleted | undefined): Serving => new Serving(this.#inventory, run.engine, gone)
    return { before: serving(undefined), after: serving(deleted), v2: this.#inventory.v2 }
  }
}
