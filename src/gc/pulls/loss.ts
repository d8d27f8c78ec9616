import type { Digest } from '../../oci/digest.ts'
import type { ReferenceClaim, RepositoryInventory } from '../inventory.ts'
import type { GcBreakage, LostObject } from '../outcome.ts'
import { askable, type ServedManifest, type Serving } from './serving.ts'

/** What a client has before a collection and after it. */
export interface Sides {
  readonly before: Serving
  readonly after: Serving
  /** The directory `docker/registry/v2`. */
  readonly v2: string
}

/** What a pull of one digest loses. */
export type Loss = Pick<GcBreakage, 'becomes' | 'platforms' | 'through'>

/** What a collection takes from an image or index. `undefined`: nothing that a client could pull before. */
export function lossOf(sides: Sides, repository: RepositoryInventory, digest: Digest): Loss | undefined {
  const descent = new Descent(sides, repository)
  descent.descend(digest)
  return descent.loss(digest)
}

const ROOT: ReferenceClaim = { size: undefined, platform: undefined, runnable: true, foreign: false }

/** A manifest at the end of a path: what a client runs, or an empty index. */
interface Leaf {
  readonly runnable: boolean
  readonly platform: string | undefined
  readonly isLost: boolean
}

interface Visit {
  readonly digest: Digest
  readonly claim: ReferenceClaim
  /** Whether everything above it is served afterwards. */
  readonly isReached: boolean
}

class Descent {
  readonly #sides: Sides
  readonly #repository: RepositoryInventory
  readonly #seen = new Set<Digest>()
  readonly #pending: Visit[] = []
  readonly #leaves: Leaf[] = []
  readonly #through = new Map<Digest, LostObject>()
  #isRootLost = false

  constructor(sides: Sides, repository: RepositoryInventory) {
    this.#sides = sides
    this.#repository = repository
  }

  loss(root: Digest): Loss | undefined {
    const lost = this.#leaves.filter(({ isLost }) => isLost)
    if (lost.length === 0) return undefined
    const candidates = this.#leaves.some(({ runnable }) => runnable)
      ? this.#leaves.filter(({ runnable }) => runnable)
      : this.#leaves
    const isUnpullable = candidates.every(({ isLost }) => isLost)
    const platforms = new Set(lost.flatMap(({ platform }) => platform ?? []))
    this.#isRootLost ||= this.#through.has(root)
    return {
      becomes: this.#isRootLost ? 'gone' : isUnpullable ? 'unpullable' : 'degraded',
      platforms: [...platforms].sort(),
      through: [...this.#through.values()],
    }
  }

  /** In the order of the references, without recursion: a chain of thousands of indexes would overflow the stack. */
  descend(root: Digest): void {
    this.#pending.push({ digest: root, claim: ROOT, isReached: true })
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#visit(next)
  }

  #visit({ digest, claim, isReached }: Visit): void {
    if (this.#seen.has(digest)) return
    this.#seen.add(digest)
    const before = this.#sides.before.manifest(this.#repository, digest)
    if (before === undefined) return
    const isServed = this.#sides.after.manifest(this.#repository, digest) !== undefined
    if (!isServed && isReached) this.#lose(digest, 'manifest', this.#sides.after.lostManifest(this.#repository, digest))
    if (before.is === 'index') this.#index(before, claim, isReached && isServed)
    else this.#image(before, claim, isReached && isServed)
  }

  #index({ references, claims }: ServedManifest, { platform, runnable }: ReferenceClaim, isReached: boolean): void {
    if (references.length === 0) this.#leaves.push({ runnable: false, platform, isLost: !isReached })
    const children = references.flatMap((reference, n): Visit[] => {
      const digest = askable(reference)
      const claim = claims[n] ?? ROOT
      return digest === undefined
        ? []
        : [{ digest, claim: { ...claim, runnable: runnable && claim.runnable }, isReached }]
    })
    this.#pending.push(...children.reverse())
  }

  #image({ references, claims }: ServedManifest, { platform, runnable }: ReferenceClaim, isReached: boolean): void {
    const { before, after } = this.#sides
    let isLost = !isReached
    const lost: (() => void)[] = []
    for (const [n, reference] of references.entries()) {
      const blob = askable(reference)
      const claim = claims[n] ?? ROOT
      if (claim.foreign) continue
      if (blob === undefined || !before.hasBlob(this.#repository, blob, claim)) return
      if (after.hasBlob(this.#repository, blob, claim)) continue
      isLost = true
      const is = n === 0 ? 'config' : 'layer'
      if (isReached)
        lost.push(() => {
          this.#lose(blob, is, after.lostLayer(this.#repository, blob) ?? 'blob')
        })
    }
    for (const each of lost) each()
    this.#leaves.push({ runnable, platform, isLost })
  }

  #lose(digest: Digest, is: LostObject['is'], loses: LostObject['loses']): void {
    if (this.#through.has(digest)) return
    const { v2 } = this.#sides
    const home = `${v2}/repositories/${this.#repository.name}`
    const place = digest.replace(':', '/')
    const paths = {
      revision: `${home}/_manifests/revisions/${place}`,
      'layer-link': `${home}/_layers/${place}/link`,
      blob: `${v2}/blobs/${digest.slice(0, 6)}/${digest.slice(7, 9)}/${digest.slice(7)}`,
    }
    this.#through.set(digest, { digest, is, loses, path: paths[loses] })
  }
}
