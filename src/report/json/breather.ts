import { setImmediate as nextTurn } from 'node:timers/promises'

/** Milliseconds of work between two turns of the event loop. */
const INTERVAL = 50

/**
 * Lets the event loop turn now and then, so that a signal is handled while a long report is written.
 *
 * @returns a function to call between two pieces of work; await what it returns
 */
export function breather(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < INTERVAL) return undefined
    return nextTurn().then(() => {
      last = performance.now()
    })
  }
}
