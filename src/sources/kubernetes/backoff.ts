import type { ApiFailure } from './api-failure.ts'

/** The clock and its timers; tests bring their own. */
export interface Timing {
  now(): Date
  /** Milliseconds of a monotonic clock. */
  elapsed(): number
  /** Resolves after some time, or when the signal comes. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** From 0 to 1. */
  random(): number
}

/** Milliseconds: a watch that lasted longer was a good one. */
const GOOD = 10_000
const FIRST = 1000
const LONGEST = { denied: 300_000, expired: 60_000, cut: 60_000, failed: 60_000 }

/** How long to wait before a cluster is asked again: longer each time, and never all clients at once. */
export class Backoff {
  readonly #timing: Timing
  #failures = 0

  constructor(timing: Timing) {
    this.#timing = timing
  }

  /** After a watch that the cluster ended. One that ends as soon as it begins is a failure without a message. */
  async afterEnd(begun: number, signal: AbortSignal): Promise<void> {
    if (this.#timing.elapsed() - begun >= GOOD) this.#failures = 0
    else await this.#sleep(FIRST, LONGEST.failed, signal)
  }

  async afterFailure({ kind, retryAfter }: ApiFailure, begun: number, signal: AbortSignal): Promise<void> {
    if (this.#timing.elapsed() - begun >= GOOD) this.#failures = 0
    await this.#sleep(
      Math.max(FIRST, retryAfter),
      Math.max(LONGEST[kind], Math.min(retryAfter, LONGEST.denied)),
      signal,
    )
  }

  async #sleep(first: number, longest: number, signal: AbortSignal): Promise<void> {
    const wait = Math.min(longest, first * 2 ** Math.min(this.#failures, 20))
    this.#failures++
    await this.#timing.sleep(wait * (0.5 + this.#timing.random() / 2), signal)
  }
}
