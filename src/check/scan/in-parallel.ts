import type { ScanEvent } from '../events.ts'
import { AsyncQueue } from './async-queue.ts'
import { sharedIterator } from './shared-iterator.ts'

/** Processes items in parallel and yields progress. */
export async function* inParallel(
  items: Iterable<string> | AsyncIterable<string>,
  how: {
    readonly width: number
    /** No item is started after it aborts. */
    readonly signal: AbortSignal
    /** When it settles, running items are no longer waited for. */
    readonly graceOver: Promise<void>
    readonly progressAt: (done: number) => ScanEvent
  },
  work: (item: string) => Promise<void>,
): AsyncGenerator<ScanEvent> {
  const progress = new AsyncQueue<ScanEvent>()
  const next = sharedIterator(items)
  let done = 0
  const runner = async (): Promise<void> => {
    for (let item = await next(); item !== undefined && !how.signal.aborted; item = await next()) {
      await work(item)
      done++
      progress.put(how.progressAt(done))
    }
  }
  const runners = Promise.all(Array.from({ length: how.width }, runner))
  // One race for all runners: a listing can hang as well as a check, and a race for each item would keep that item in memory.
  const all = Promise.race([runners, how.graceOver]).finally(() => {
    progress.close()
  })
  all.catch(() => undefined) // reported when we await it below
  yield* progress
  await all
}
