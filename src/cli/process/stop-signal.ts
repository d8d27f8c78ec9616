/** One signal for all that can stop a run, and how to let go of it. */
export interface StopSignal {
  readonly signal: AbortSignal
  /** Aborts it where the time is over and the timer could not say so, because a call to a disk held up this thread. */
  readonly check: () => void
  /** Stops the clock. Call it at the end of the run. */
  readonly release: () => void
}

/**
 * Aborted by the first of several signals, or when the time is over, then with a `TimeoutError` as the reason.
 *
 * The timer holds the controller, and every given signal holds it too. `AbortSignal.any` and `AbortSignal.timeout` hold
 * each other weakly: the garbage collector takes the time-out away, and it never comes.
 *
 * @param signals of an owner that lives as long as the run
 * @param milliseconds left out: there is no limit
 */
export function stopSignal(signals: readonly AbortSignal[], milliseconds?: number): StopSignal {
  const controller = new AbortController()
  const releases: (() => void)[] = []
  for (const outer of signals) {
    const forward = (): void => {
      controller.abort(outer.reason)
    }
    if (outer.aborted) forward()
    outer.addEventListener('abort', forward, { once: true })
    releases.push(() => {
      outer.removeEventListener('abort', forward)
    })
  }
  const end = milliseconds === undefined ? Infinity : performance.now() + milliseconds
  const expire = (): void => {
    controller.abort(new DOMException('the deadline has passed', 'TimeoutError'))
  }
  if (milliseconds !== undefined) {
    const timer = setTimeout(expire, milliseconds)
    releases.push(() => {
      clearTimeout(timer)
    })
  }
  return {
    signal: controller.signal,
    check: () => {
      if (performance.now() > end) expire()
    },
    release: () => {
      for (const release of releases) release()
    },
  }
}
