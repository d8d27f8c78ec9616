import type { Digest } from '../../oci/digest.ts'
import type { Inventory, RepositoryInventory } from '../inventory.ts'
import type { GcBreakage, GcDeleted, GcRun } from '../outcome.ts'
import { lossOf, type Sides } from './loss.ts'
import { askable, Serving } from './serving.ts'
import { WholeImages } from './whole-images.ts'

/** Everything that can be pulled before a collection and not afterwards: tags, and revisions that no broken tag reaches. */
export function breakagesOf(inventory: Inventory, run: GcRun, deleted: GcDeleted): GcBreakage[] {
  if (deleted.manifests.length + deleted.blobs.length + deleted.layerLinks.length === 0) return []
  const before = new Serving(inventory, run.engine, undefined)
  const after = new Serving(inventory, run.engine, deleted)
  const sides: Sides = { before, after, v2: inventory.v2 }
  const removed = new Set(deleted.manifests.map(({ repository, digest }) => `${repository} ${digest}`))
  return inventory.repositories.found.flatMap((repository) => {
    const breakages = new RepositoryBreakages(sides, repository)
    return [...breakages.tags(), ...breakages.revisions((digest) => removed.has(`${repository.name} ${digest}`))]
  })
}

class RepositoryBreakages {
  readonly #sides: Sides
  readonly #repository: RepositoryInventory
  readonly #whole: WholeImages
  /** What broken tags reach: their breakage tells of it. */
  readonly #reached = new Set<Digest>()

  constructor(sides: Sides, repository: RepositoryInventory) {
    this.#sides = sides
    this.#repository = repository
    this.#whole = new WholeImages(sides.after, repository)
  }

  tags(): GcBreakage[] {
    const known = new Map<Digest, ReturnType<typeof lossOf>>()
    const breakages: GcBreakage[] = []
    for (const { name, current } of this.#repository.tags) {
      if (current.is !== 'names' || this.#whole.has(current.digest)) continue
      const { digest } = current
      const loss = known.has(digest) ? known.get(digest) : lossOf(this.#sides, this.#repository, digest)
      known.set(digest, loss)
      if (loss === undefined) continue
      this.#reach(digest)
      breakages.push({ ...this.#about(digest), tag: name, ...loss, intended: false })
    }
    return breakages
  }

  /** @param isRemoved whether the collection deletes a revision because no tag names it */
  revisions(isRemoved: (digest: Digest) => boolean): GcBreakage[] {
    const breakages: GcBreakage[] = []
    for (const link of this.#repository.revisions) {
      const digest = typeof link === 'string' ? link : link.at
      if (digest === undefined || this.#reached.has(digest) || this.#whole.has(digest)) continue
      const loss = lossOf(this.#sides, this.#repository, digest)
      if (loss === undefined) continue
      const intended = isRemoved(digest) && !this.#refersToKept(digest)
      breakages.push({ ...this.#about(digest), tag: undefined, ...loss, intended })
    }
    // Children are told of by their index.
    for (const { digest } of breakages) this.#reachBelow(digest)
    return breakages.filter(({ digest }) => !this.#reached.has(digest))
  }

  #about(digest: Digest): Pick<GcBreakage, 'repository' | 'digest'> {
    return { repository: this.#repository.name, digest }
  }

  #reach(digest: Digest): void {
    if (this.#reached.has(digest)) return
    this.#reached.add(digest)
    this.#reachBelow(digest)
  }

  #reachBelow(root: Digest): void {
    const pending = [root]
    for (let digest = pending.pop(); digest !== undefined; digest = pending.pop()) {
      const manifest = this.#sides.before.manifest(this.#repository, digest)
      for (const reference of manifest?.is === 'index' ? manifest.references : []) {
        const child = askable(reference)
        if (child === undefined || this.#reached.has(child)) continue
        this.#reached.add(child)
        pending.push(child)
      }
    }
  }

  /** A signature of an image that stays: nobody wants it deleted. */
  #refersToKept(digest: Digest): boolean {
    const subject = this.#sides.before.subject(digest)
    return subject !== undefined && this.#sides.after.manifest(this.#repository, subject) !== undefined
  }
}
