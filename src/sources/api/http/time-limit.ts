/** Bytes per second below which a long body counts as stalled. Sixteen such bodies fill 1 Mbit/s. */
const MIN_RATE = 8 * 1024

/**
 * The time limit of one request: one timeout for all of it, body included. A long body gets a new timeout for each
 * `MIN_RATE` × timeout bytes, so its length bounds the total.
 */
export class TimeLimit {
  readonly #milliseconds: number
  readonly #onExpire: () => void
  #timer: NodeJS.Timeout
  #bytes = 0

  constructor(milliseconds: number, onExpire: () => void) {
    this.#milliseconds = milliseconds
    this.#onExpire = onExpire
    this.#timer = setTimeout(onExpire, milliseconds)
  }

  /** From now on, limit the rate instead of the total time. */
  allowLongBody(): void {
    clearTimeout(this.#timer)
    const required = (MIN_RATE * this.#milliseconds) / 1000
    this.#timer = setInterval(() => {
      if (this.#bytes < required) this.#onExpire()
      this.#bytes = 0
    }, this.#milliseconds)
  }

  /** Counts bytes of the body. */
  onBytes(count: number): void {
    this.#bytes += count
  }

  /** The request has ended. */
  stop(): void {
    clearTimeout(this.#timer)
  }
}
