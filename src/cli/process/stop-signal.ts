/** One signal for everything that can stop a run. */
export interface StopSignal {
  readonly signal: AbortSignal
  /** Aborts it if the time is over and the timer could not fire, because a call to a disk blocked this thread. */
  readonly check: () => void
  /** Stops the clock. Call it at the end of the run. */
  readonly release: () => void
}

/**
 * Creates a signal that aborts with the first of several signals, or with a `TimeoutError` when the time is over.
 *
 * The timer and every given signal keep a reference to the controller. `AbortSignal.any` and `AbortSignal.timeout` have
 * only weak references to each other: the garbage collector removes the timeout, and it never fires.
 *
 * @param signals their owner must live as long as the run
 * @param milliseconds `undefined`: no limit
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
