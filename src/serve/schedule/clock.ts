/** Time, passed in so that a week can be had in a test. */
export interface Clock {
  /** Of the wall. */
  now(): Date
  /** Milliseconds that only ever grow, whatever becomes of the wall's clock. */
  elapsed(): number
  /** Calls back once. @returns what takes it back */
  after(milliseconds: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds)
    return () => {
      clearTimeout(timer)
    }
  },
}
