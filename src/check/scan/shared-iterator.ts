/** A function that returns the next item, or `undefined` at the end. Several consumers may call it concurrently. */
export function sharedIterator<T>(items: Iterable<T> | AsyncIterable<T>): () => Promise<T | undefined> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  return async () => {
    const next: IteratorResult<T, unknown> = await iterator.next()
    return next.done ? undefined : next.value
  }
}
