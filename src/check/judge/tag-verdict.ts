import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import type { TagVerdict } from '../records.ts'
import type { Rules } from '../rules.ts'
import type { BlobFact, Graph, ManifestFact, TagFact } from '../walk/graph.ts'

/** Whether a node has leaves of one kind below it, and whether any of them is intact. */
type Leaves = 'none' | 'all-broken' | 'some-whole'

interface Reach {
  readonly runnable: Leaves
  readonly any: Leaves
  readonly damaged: boolean
  readonly unchecked: boolean
}

const NOTHING: Reach = { runnable: 'none', any: 'none', damaged: false, unchecked: false }

/** Judges tags by what they reach. Each manifest is judged once, however many tags reach it. */
export class Verdicts {
  readonly #graph: Graph
  readonly #rules: Rules
  readonly #reach = new Map<Digest, Reach>()

  constructor(graph: Graph, rules: Rules) {
    this.#graph = graph
    this.#rules = rules
  }

  of(tag: TagFact): TagVerdict {
    if (tag.is === 'unchecked') return 'unchecked'
    if (tag.is === 'dangling') return isAllowedToBeAbsent(tag, this.#rules) ? 'intact' : 'unpullable'
    const reach = this.#below(tag.digest)
    const leaves = reach.runnable === 'none' ? reach.any : reach.runnable
    if (leaves === 'all-broken') return 'unpullable'
    if (reach.damaged) return 'degraded'
    return reach.unchecked ? 'unchecked' : 'intact'
  }

  /** Visits children before parents without recursion: a chain of thousands of indexes would overflow the stack. */
  #below(root: Digest): Reach {
    const stack = [root]
    const entered = new Set<Digest>()
    for (let digest = stack.at(-1); digest !== undefined; digest = stack.at(-1)) {
      const fact = this.#graph.manifests.get(digest)
      if (!entered.has(digest) && !this.#reach.has(digest)) {
        entered.add(digest)
        if (fact?.is === 'read' && fact.manifest.is === 'index')
          for (const child of fact.manifest.children) if (!entered.has(child.digest)) stack.push(child.digest)
        continue
      }
      stack.pop()
      if (!this.#reach.has(digest)) this.#reach.set(digest, fact ? this.#sumUp(fact) : NOTHING)
    }
    return this.#reach.get(root) ?? NOTHING
  }

  #sumUp(fact: ManifestFact): Reach {
    switch (fact.is) {
      case 'absent':
        return isAllowedToBeAbsent(fact, this.#rules)
          ? NOTHING
          : leaf({ runnable: true, damaged: true, unchecked: false })
      case 'damaged':
        return leaf({ runnable: true, damaged: true, unchecked: false })
      case 'unchecked':
        return leaf({ runnable: true, damaged: false, unchecked: true })
      case 'skipped':
        return leaf({ runnable: true, damaged: false, unchecked: false })
      case 'opaque':
        return leaf({ runnable: false, damaged: false, unchecked: false })
      case 'read':
        return this.#ofDocument(fact)
    }
  }

  #ofDocument(fact: Extract<ManifestFact, { is: 'read' }>): Reach {
    const { manifest } = fact
    const refused = isRefused(fact, this.#rules)
    if (manifest.is === 'index') {
      const below = manifest.children.map((child) => this.#ofChild(child))
      return refused ? broken(below.reduce(join, NOTHING)) : below.reduce(join, NOTHING)
    }
    const needs = manifest.is === 'image' ? [manifest.config, ...manifest.layers] : manifest.layers
    const facts = needs.map((need) => ({ need, fact: this.#graph.blobs.get(need.digest) }))
    return leaf({
      runnable: manifest.is === 'schema1' || (manifest.is === 'image' && manifest.runnable),
      damaged: refused || facts.some(({ need, fact }) => fact && isBrokenNeed(need, fact, this.#rules)),
      unchecked: facts.some(({ fact }) => fact?.is === 'unchecked'),
    })
  }

  #ofChild(child: Descriptor): Reach {
    const fact = this.#graph.manifests.get(child.digest)
    if (fact === undefined) return this.#ofBlobChild(child)
    if (fact.is === 'absent' && mayLack(fact, this.#rules)) return NOTHING
    const below = this.#reach.get(child.digest) ?? NOTHING
    const judged = isMisclaimed(child, fact) ? broken(below) : below
    return child.runnable ? judged : { ...judged, runnable: 'none' }
  }

  /** A blob as a child of an index. It is no manifest, so no platform can pull it. */
  #ofBlobChild(child: Descriptor): Reach {
    const fact = this.#graph.blobs.get(child.digest)
    if (fact === undefined || (fact.is === 'absent' && mayLack(fact, this.#rules))) return NOTHING
    const damaged = isBrokenChild(child, fact, this.#rules)
    return leaf({ runnable: false, damaged, unchecked: fact.is === 'unchecked' })
  }
}

/** Whether a blob that an index names is missing, damaged or of another size than claimed. */
export function isBrokenChild(child: Descriptor, fact: BlobFact, rules: Rules): boolean {
  return fact.is === 'absent' && mayLack(fact, rules) ? false : isBrokenNeed(child, fact, rules)
}

/** Whether something may be missing because a pull-through cache fetches it on demand. */
export function isAllowedToBeAbsent(fact: { readonly cause: string }, rules: Rules): boolean {
  return rules.pullThrough && !fact.cause.endsWith('-invalid')
}

/** Whether an index may lack this child: the operator marked the repository as sparse, and nothing is left of the child. */
export function mayLack(child: { readonly cause: string }, rules: Rules): boolean {
  return rules.sparse && !child.cause.endsWith('-invalid')
}

/** Whether a config or layer is missing, damaged or of another size than its parent claims. */
export function isBrokenNeed(need: Descriptor, fact: BlobFact, rules: Rules): boolean {
  if (fact.is === 'damaged') return true
  if (fact.is === 'absent') return !isAllowedNeed(need, fact, rules)
  return fact.is === 'whole' && isMisclaimed(need, fact)
}

/** Whether a config or layer may be missing: it is foreign, or a pull-through cache fetches it. */
export function isAllowedNeed(need: Descriptor, fact: Extract<BlobFact, { is: 'absent' }>, rules: Rules): boolean {
  return isAllowedToBeAbsent(fact, rules) || (need.foreign && !fact.cause.endsWith('-invalid'))
}

/** Whether an intact object has another size than its parent claims: then the claim is wrong. */
export function isMisclaimed(claim: Descriptor, fact: ManifestFact | BlobFact): boolean {
  if (fact.is !== 'whole' && fact.is !== 'read' && fact.is !== 'opaque') return false
  return claim.size !== undefined && claim.size !== fact.bytes
}

/** Whether distribution 3.x must be able to serve what is stored. */
export function needs3({ engine }: Rules): boolean {
  return engine === '3' || engine === 'all'
}

/** Whether clients refuse its type, or distribution 2.8 serves it and the 3.x that the operator chose does not. */
export function isRefused(fact: Extract<ManifestFact, { is: 'read' }>, rules: Rules): boolean {
  return fact.mislabelled !== undefined || (needs3(rules) && (fact.linkedAsLayer || fact.manifest.is === 'schema1'))
}

function leaf(seen: { readonly runnable: boolean; readonly damaged: boolean; readonly unchecked: boolean }): Reach {
  const any = seen.damaged ? 'all-broken' : 'some-whole'
  return { runnable: seen.runnable ? any : 'none', any, damaged: seen.damaged, unchecked: seen.unchecked }
}

function broken(reach: Reach): Reach {
  const runnable = reach.runnable === 'none' ? 'none' : 'all-broken'
  return { runnable, any: 'all-broken', damaged: true, unchecked: reach.unchecked }
}

function join(a: Reach, b: Reach): Reach {
  return {
    runnable: joinLeaves(a.runnable, b.runnable),
    any: joinLeaves(a.any, b.any),
    damaged: a.damaged || b.damaged,
    unchecked: a.unchecked || b.unchecked,
  }
}

function joinLeaves(a: Leaves, b: Leaves): Leaves {
  if (a === 'none') return b
  if (b === 'none') return a
  return a === 'all-broken' && b === 'all-broken' ? 'all-broken' : 'some-whole'
}
