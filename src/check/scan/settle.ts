import type { ScanEvent } from '../events.ts'
import type { Suspects } from '../source.ts'
import { AsyncQueue } from './async-queue.ts'
import type { ScanState } from './scan-state.ts'

/** Reads the content that the first checks deferred: at depth `content` each blob is hashed once for the whole registry. */
export async function* settle(state: ScanState): AsyncGenerator<ScanEvent> {
  const { source, signal, options, results } = state
  if (options.depth !== 'content' || signal.aborted) return
  const progress = new AsyncQueue<ScanEvent>()
  void options.graceOver.then(() => {
    progress.close()
  })
  const settled = source
    .settle((done, total) => {
      state.settledBytes = done
      progress.put({ type: 'progress', stage: 'content', done, total })
    }, signal)
    .finally(() => {
      progress.close()
    })
  settled.catch(() => undefined) // reported when we await it below
  yield* progress
  const suspects = await Promise.race([settled, options.graceOver.then((): Suspects => new Map())])
  for (const [repository, subjects] of suspects) results.suspect(repository, subjects)
  state.isProved = !signal.aborted
}
