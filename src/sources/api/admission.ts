import type { Graph } from '../../check/graph.ts'

/** Notices where a registry lets us in at its door and into none of its repositories. */
export class Admission {
  #admitted = 0
  #denied = 0
  readonly #underWay = new Set<Promise<unknown>>()

  watch(walk: Promise<Graph>): Promise<Graph> {
    this.#underWay.add(walk)
    const done = (graph?: Graph): void => {
      this.#underWay.delete(walk)
      if (graph === undefined) return
      if (isDenied(graph)) this.#denied++
      else this.#admitted++
    }
    walk.then(done, () => {
      done()
    })
    return walk
  }

  /** Once all walks that were begun have ended: how many repositories there are, where all of them were denied. */
  async deniedByAll(): Promise<number> {
    await Promise.allSettled(this.#underWay)
    return this.#admitted === 0 ? this.#denied : 0
  }
}

/** Nothing of it could be seen, because we were not let in. */
function isDenied({ tags, unreadable }: Graph): boolean {
  const places = [...unreadable, ...tags.values()]
  return places.length > 0 && places.every((place) => 'because' in place && place.because === 'STORE_DENIED')
}
