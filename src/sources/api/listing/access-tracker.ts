import type { Graph } from '../../../check/walk/graph.ts'

/** Detects a registry that answers, and denies access to every repository. */
export class AccessTracker {
  #allowed = 0
  #denied = 0
  #why: string | undefined

  /** Call with the result of each walk. */
  record(graph: Pick<Graph, 'tags' | 'unreadable'>): void {
    const why = whyDenied(graph)
    if (why === undefined) this.#allowed++
    else {
      this.#denied++
      this.#why ??= why
    }
  }

  /** If every repository was denied: how many, and the first error message. */
  deniedByAll(): { readonly count: number; readonly why: string } | undefined {
    return this.#allowed === 0 && this.#why !== undefined ? { count: this.#denied, why: this.#why } : undefined
  }
}

/** The error message if access to everything in a repository was denied. */
function whyDenied({ tags, unreadable }: Pick<Graph, 'tags' | 'unreadable'>): string | undefined {
  const places = [...unreadable, ...tags.values()]
  const denied = places.flatMap((place) => ('because' in place && place.because === 'STORE_DENIED' ? [place] : []))
  return denied.length === places.length ? denied[0]?.detail : undefined
}
