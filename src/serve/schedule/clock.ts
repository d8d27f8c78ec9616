/** The clock, as a port: tests run a week in seconds. */
export interface Clock {
  /** Wall-clock time. */
  now(): Date
  /** Milliseconds of a monotonic clock. */
  elapsed(): number
  /** Calls back once. @returns a function that cancels it */
  after(milliseconds: number, callback: () => void): () => void
}

/** The clock of the machine. */
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
