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

  /** Visits children before parents without recursion: a chain of thousands of indexes would overflow the stack. */
  has(root: Digest): boolean {
    const pending = [root]
    for (let digest = pending.at(-1); digest !== undefined; digest = pending.at(-1)) {
      if (!this.#known.has(digest)) {
        // Only damaged links can lead in a circle: what leads there is not whole.
        this.#known.set(digest, false)
        for (const child of this.#children(digest)) if (!this.#known.has(child)) pending.push(child)
        continue
      }
      pending.pop()
      if (this.#known.get(digest) === false) this.#known.set(digest, this.#isWhole(digest))
    }
    return this.#known.get(root) === true
  }

  #children(digest: Digest): readonly Digest[] {
    const manifest = this.#serving.manifest(this.#repository, digest)
    if (manifest?.is !== 'index') return []
    return manifest.references.flatMap((reference, n) =>
      manifest.claims[n]?.foreign === true ? [] : (askable(reference) ?? []),
    )
  }

  #isWhole(digest: Digest): boolean {
    const manifest = this.#serving.manifest(this.#repository, digest)
    return (
      manifest?.references.every((reference, n) => {
        const named = askable(reference)
        const claim = manifest.claims[n]
        if (claim?.foreign === true) return true
        if (named === undefined || claim === undefined) return false
        if (manifest.is === 'index') return this.#known.get(named) === true
        return this.#serving.hasBlob(this.#repository, named, claim)
      }) ?? false
    )
  }
}
