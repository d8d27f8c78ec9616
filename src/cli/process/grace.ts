/** Milliseconds for work in progress after a signal. */
const GRACE = 500

/** Settles when work in progress has had its time after a signal, and is no longer waited for. */
export function graceAfter(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wait = (): void => {
      setTimeout(resolve, GRACE).unref()
    }
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
  })
}
