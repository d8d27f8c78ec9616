import type { Clock } from '../../../src/serve/schedule/clock.ts'

/** Time that passes when a test says so. */
export class SimulatedClock implements Clock {
  #elapsed = 0
  /** What the wall's clock is wrong by. */
  #off = 0
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>()

  now(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#elapsed + this.#off)
  }

  elapsed(): number {
    return this.#elapsed
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Somebody sets the wall's clock. */
  setBack(milliseconds: number): void {
    this.#off -= milliseconds
  }

  get waiting(): number {
    return this.#timers.size
  }

  /** Lets time pass, and everybody do what is due meanwhile. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#elapsed + milliseconds
    for (;;) {
      await settled()
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#elapsed = Math.max(this.#elapsed, next.at)
      next.callback()
    }
    this.#elapsed = until
    await settled()
  }
}

/** Whatever is only waiting for a promise has gone on. */
async function settled(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve()
  await new Promise<void>((resolve) => setImmediate(resolve))
}
