import { AsyncQueue } from '../scan/async-queue.ts'

/**
 * Works on items in parallel and yields the results in the order of the items.
 *
 * @param how.width items in progress at once; no more results than that wait for their turn
 * @param how.signal no item is started after it aborts
 * @param how.graceOver when it settles, running items are no longer waited for
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  how: { readonly width: number; readonly signal: AbortSignal; readonly graceOver: Promise<void> },
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const results = new AsyncQueue<Result>()
  const running: Promise<Result>[] = []
  const finishOldest = async (): Promise<void> => {
    const oldest = running.shift()
    if (oldest !== undefined) results.put(await oldest)
  }
  const workOnAll = async (): Promise<void> => {
    for (const item of items) {
      if (how.signal.aborted) return
      const pending = work(item)
      pending.catch(() => undefined) // reported when we await it above, in its turn
      running.push(pending)
      if (running.length >= how.width) await finishOldest()
    }
    while (running.length > 0) await finishOldest()
  }
  // One race for all: one for each item would keep its result in memory.
  const all = Promise.race([workOnAll(), how.graceOver]).finally(() => {
    results.close()
  })
  all.catch(() => undefined) // reported when we await it below
  yield* results
  await all
}
