import type { Graph } from '../../check/graph.ts'

/** Notices where a registry lets us in at its door and into none of its repositories. */
export class Admission {
  #admitted = 0
  #denied = 0
  #why: string | undefined
  readonly #underWay = new Set<Promise<unknown>>()

  watch(walk: Promise<Graph>): Promise<Graph> {
    this.#underWay.add(walk)
    const done = (graph?: Graph): void => {
      this.#underWay.delete(walk)
      if (graph === undefined) return
      const why = whyDenied(graph)
      if (why === undefined) this.#admitted++
      else {
        this.#denied++
        this.#why ??= why
      }
    }
    walk.then(done, () => {
      done()
    })
    return walk
  }

  /** Once all walks that were begun have ended: how many repositories there are, where all of them were denied, and why. */
  async deniedByAll(): Promise<{ readonly count: number; readonly why: string } | undefined> {
    await Promise.allSettled(this.#underWay)
    return this.#admitted === 0 && this.#why !== undefined ? { count: this.#denied, why: this.#why } : undefined
  }
}

/** Where nothing of it could be seen because we were not let in: what was said to that. */
function whyDenied({ tags, unreadable }: Graph): string | undefined {
  const places = [...unreadable, ...tags.values()]
  const denied = places.flatMap((place) => ('because' in place && place.because === 'STORE_DENIED' ? [place] : []))
  return denied.length === places.length ? denied[0]?.detail : undefined
}
