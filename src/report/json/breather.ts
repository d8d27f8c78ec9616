import { setImmediate as nextTurn } from 'node:timers/promises'

/** Milliseconds of work between two moments in which a signal can be heard. */
const BREATH = 50

/**
 * Lets signals through now and then: a long report is written without waiting for anything.
 *
 * @returns to be asked between two pieces of work; what it returns, if anything, is to be waited for
 */
export function breather(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < BREATH) return undefined
    return nextTurn().then(() => {
      last = performance.now()
    })
  }
}
