import type { ScanEvent } from '../events.ts'
import { AsyncQueue } from './async-queue.ts'
import { sharedIterator } from './shared-iterator.ts'

/** Work on several items at one time, and tell how far it is. */
export async function* inParallel(
  items: Iterable<string> | AsyncIterable<string>,
  how: {
    readonly width: number
    /** Nothing is begun after it. */
    readonly signal: AbortSignal
    /** What is under way when it ends is not waited for. */
    readonly patience: Promise<void>
    readonly told: (done: number) => ScanEvent
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
      progress.put(how.told(done))
    }
  }
  const runners = Promise.all(Array.from({ length: how.width }, runner))
  // Once for all of them: a listing may hang as well as a look, and each race would hold on to what it ran for.
  const all = Promise.race([runners, how.patience]).finally(() => {
    progress.close()
  })
  all.catch(() => undefined) // reported when we await it below
  yield* progress
  await all
}
