/** A FIFO queue with one reader. After it is closed, the reader ends once the queue is empty. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #closed = false
  #wake: () => void = () => undefined

  put(item: T): void {
    this.#items.push(item)
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      yield* this.#items.splice(0)
      if (this.#items.length > 0) continue
      if (this.#closed) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
