/** Bytes a second below which a long body counts as one that does not come. Sixteen of them fill 1 Mbit/s. */
const SLOWEST = 8 * 1024

/**
 * How long one request may take: all of it one time-out, its body included. A long body has that time for every piece of
 * `SLOWEST` × time-out, which bounds the whole of it by its length.
 */
export class TimeLimit {
  readonly #milliseconds: number
  readonly #onExpire: () => void
  #timer: NodeJS.Timeout
  #came = 0

  constructor(milliseconds: number, onExpire: () => void) {
    this.#milliseconds = milliseconds
    this.#onExpire = onExpire
    this.#timer = setTimeout(onExpire, milliseconds)
  }

  /** From now on what comes must only come fast enough. */
  allowLength(): void {
    clearTimeout(this.#timer)
    const enough = (SLOWEST * this.#milliseconds) / 1000
    this.#timer = setInterval(() => {
      if (this.#came < enough) this.#onExpire()
      this.#came = 0
    }, this.#milliseconds)
  }

  came(bytes: number): void {
    this.#came += bytes
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}
