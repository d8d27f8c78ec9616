/** Milliseconds between two requests after the first 429 or 503. */
const FIRST_INTERVAL = 50
/** Factor by which each further one lengthens the interval. */
const GROWTH = 1.5
/** Maximum of the interval, in milliseconds. */
const MAX_INTERVAL = 4000
/** The same after a 503, which may be about one object and must not stop the others. */
const MAX_INTERVAL_503 = 500
/** Factor by which each answer shortens the interval. */
const RECOVERY = 0.98
/** Milliseconds below which the interval becomes 0. */
const NO_WAIT = 5

/**
 * Limits the request rate to what the operator allows, and to less if the server throttles. Slows down at once and recovers
 * slowly, as TCP does.
 */
export class RateLimiter {
  /** The operator's limit, as milliseconds between two requests. */
  readonly #minInterval: number
  #interval: number
  /** When the next request may be sent, by the caller's clock. */
  #nextSlot = 0
  #slowedAt = Number.NEGATIVE_INFINITY
  #succeeded = 0
  #lastRefused: object | undefined

  constructor(requestsPerSecond: number | undefined) {
    this.#minInterval = requestsPerSecond === undefined ? 0 : 1000 / requestsPerSecond
    this.#interval = this.#minInterval
  }

  /** Milliseconds between two requests. */
  get interval(): number {
    return this.#interval
  }

  /** Requests that were answered and not throttled. */
  get succeeded(): number {
    return this.#succeeded
  }

  /** Takes the next slot. @param earliest time of the slot @returns its time */
  take(earliest: number): number {
    const at = Math.max(earliest, this.#nextSlot)
    this.#nextSlot = at + this.#interval
    return at
  }

  /**
   * Slows down after a 429 or 503.
   *
   * @param request compared by identity: if the same one is refused twice in a row, the rate is not the cause
   * @param startedAt when the request got its slot: those that started before the last slowdown do not slow down again
   */
  refused(status: number, request: object, startedAt: number, now: number): void {
    const isSame = this.#lastRefused === request
    this.#lastRefused = request
    if (isSame || startedAt < this.#slowedAt) return
    const slowest = status === 429 ? MAX_INTERVAL : MAX_INTERVAL_503
    this.#slowedAt = now
    this.#interval = Math.max(this.#interval, Math.min(Math.max(FIRST_INTERVAL, GROWTH * this.#interval), slowest))
    this.#nextSlot = Math.max(this.#nextSlot, now + this.#interval)
  }

  /** Speeds up a little after an answer that is not throttled. */
  answered(): void {
    this.#succeeded++
    const interval = this.#interval * RECOVERY
    this.#interval = Math.max(this.#minInterval, interval < NO_WAIT ? 0 : interval)
  }
}
