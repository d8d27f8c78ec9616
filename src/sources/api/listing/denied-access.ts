import type { Graph } from '../../../check/walk/graph.ts'

/** Notices where a registry lets us in at its door and into none of its repositories. */
export class Admission {
  #admitted = 0
  #denied = 0
  #why: string | undefined

  async watch(walk: Promise<Graph>): Promise<Graph> {
    const graph = await walk
    const why = whyDenied(graph)
    if (why === undefined) this.#admitted++
    else {
      this.#denied++
      this.#why ??= why
    }
    return graph
  }

  /** How many repositories were walked, where all of them were denied, and why. */
  deniedByAll(): { readonly count: number; readonly why: string } | undefined {
    return this.#admitted === 0 && this.#why !== undefined ? { count: this.#denied, why: this.#why } : undefined
  }
}

/** Where nothing of it could be seen because we were not let in: what was said to that. */
function whyDenied({ tags, unreadable }: Graph): string | undefined {
  const places = [...unreadable, ...tags.values()]
  const denied = places.flatMap((place) => ('because' in place && place.because === 'STORE_DENIED' ? [place] : []))
  return denied.length === places.length ? denied[0]?.detail : undefined
}
