/** Milliseconds between two requests after the first refusal. */
const FIRST_PACE = 50
/** How many times as long the wait is after each further one. */
const GROWTH = 1.5
/** The most milliseconds between two requests. */
const SLOWEST_PACE = 4000
/** The same where a server is unavailable: that may be about one object, and must not stop all others. */
const SLOWEST_UNAVAILABLE = 500
/** Each answer makes the next wait shorter by so much, until the server refuses again. */
const RECOVERY = 0.98
/** Milliseconds below which waiting makes no difference. */
const NO_WAIT = 5

/**
 * Spreads requests over time: no more of them than the operator allows, and fewer where the server refuses some for their
 * number. The pace drops at once and recovers slowly, as TCP does it.
 */
export class RateLimiter {
  /** Milliseconds between two requests that the operator asks for. */
  readonly #floor: number
  #pace: number
  /** When the next request may be sent. */
  #slot = 0
  #slowedAt = Number.NEGATIVE_INFINITY
  #succeeded = 0
  #lastRefused: object | undefined

  constructor(requestsPerSecond: number | undefined) {
    this.#floor = requestsPerSecond === undefined ? 0 : 1000 / requestsPerSecond
    this.#pace = this.#floor
  }

  /** Milliseconds between two requests. */
  get pace(): number {
    return this.#pace
  }

  /** Requests that were answered with no such refusal. */
  get succeeded(): number {
    return this.#succeeded
  }

  /** Take the next slot. @param earliest at which it may be @returns when it is */
  take(earliest: number): number {
    const at = Math.max(earliest, this.#slot)
    this.#slot = at + this.#pace
    return at
  }

  /**
   * @param question which one was refused: one that is refused again, and no other meanwhile, says nothing of their number
   * @param asked when the request got its slot: those that had one when the pace dropped do not make it drop again
   */
  refused(status: number, question: object, asked: number, now: number): void {
    const isSame = this.#lastRefused === question
    this.#lastRefused = question
    if (isSame || asked < this.#slowedAt) return
    const slowest = status === 429 ? SLOWEST_PACE : SLOWEST_UNAVAILABLE
    this.#slowedAt = now
    this.#pace = Math.max(this.#pace, Math.min(Math.max(FIRST_PACE, GROWTH * this.#pace), slowest))
    this.#slot = Math.max(this.#slot, now + this.#pace)
  }

  answered(): void {
    this.#succeeded++
    const pace = this.#pace * RECOVERY
    this.#pace = Math.max(this.#floor, pace < NO_WAIT ? 0 : pace)
  }
}
