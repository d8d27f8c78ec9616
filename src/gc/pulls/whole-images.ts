import type { Digest } from '../../oci/digest.ts'
import type { RepositoryInventory } from '../inventory.ts'
import { askable, type Serving } from './serving.ts'

/** Whether everything below a manifest is served. Most images are whole, and need no closer look. */
export class WholeImages {
  readonly #serving: Serving
  readonly #repository: RepositoryInventory
  readonly #known = new Map<Digest, boolean>()

  constructor(serving: Serving, repository: RepositoryInventory) {
    this.#serving = serving
    this.#repository = repository
  }

  has(digest: Digest): boolean {
    const known = this.#known.get(digest)
    if (known !== undefined) return known
    // Only damaged links can lead in a circle: what leads there is not whole.
    this.#known.set(digest, false)
    const isWhole = this.#isWhole(digest)
    this.#known.set(digest, isWhole)
    return isWhole
  }

  #isWhole(digest: Digest): boolean {
    const manifest = this.#serving.manifest(this.#repository, digest)
    return (
      manifest?.references.every((reference, n) => {
        const named = askable(reference)
        const claim = manifest.claims[n]
        if (claim?.foreign === true) return true
        if (named === undefined || claim === undefined) return false
        return manifest.is === 'index' ? this.has(named) : this.#serving.hasBlob(this.#repository, named, claim)
      }) ?? false
    )
  }
}
