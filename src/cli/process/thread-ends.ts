import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds for threads to end before they can be taken for hung. */
const CLOSING = 500
/** Milliseconds between two looks at them after that, and for all of it. */
const STEP = 50
const LONGEST = 3000

/**
 * Wait until threads have ended, or until they hang: until every other thread of the process waits for something.
 *
 * Time alone does not tell. On a busy machine a thread that is ending can need more than half a second, and the exit that
 * does not wait for threads takes away what they still use: the process then dies of SIGSEGV after a whole report.
 *
 * @param ended settles when all threads have ended
 * @returns whether they hang
 */
export async function threadsHang(ended: Promise<unknown>): Promise<boolean> {
  const done = ended.then(() => true)
  const start = performance.now()
  let before: string | undefined
  for (let wait = CLOSING; performance.now() - start < LONGEST; wait = STEP) {
    if (await Promise.race([done, sleep(wait, false, { ref: false })])) return false
    const now = atRest()
    if (now !== undefined && now === before) return true
    before = now
  }
  return true
}

/** How much time every other thread has had; `undefined` while one of them runs, or where there is no `/proc`. */
function atRest(): string | undefined {
  const directory = '/proc/self/task'
  try {
    const threads = readdirSync(directory).filter((thread) => thread !== String(process.pid))
    const states = threads.map((thread) => readFileSync(`${directory}/${thread}/stat`, 'utf8').replace(/^.*\) /s, ''))
    if (states.some((state) => state.startsWith('R'))) return undefined
    // The time in it counts in hundredths of a second: too coarse for a thread that is starved.
    const times = threads.map((thread) => readFileSync(`${directory}/${thread}/schedstat`, 'utf8'))
    return threads.map((thread, n) => `${thread} ${times[n]}`).join('')
  } catch {
    return undefined // A thread ended between the two reads, or this is no Linux.
  }
}
