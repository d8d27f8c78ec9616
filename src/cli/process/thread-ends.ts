import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds before a thread can count as hung. */
const CLOSING = 500
/** Milliseconds between two checks after that. */
const STEP = 50
const LONGEST = 3000

/**
 * Waits until threads have ended or hang. They hang if every other thread of the process is waiting.
 *
 * Time alone is not enough. On a busy machine a thread can need more than half a second to end, and an exit that
 * does not wait for it frees what it still uses: the process dies of SIGSEGV after a complete report.
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

/** The CPU time of every other thread; `undefined` while one of them runs, or without `/proc`. */
function atRest(): string | undefined {
  const directory = '/proc/self/task'
  try {
    const threads = readdirSync(directory).filter((thread) => thread !== String(process.pid))
    const states = threads.map((thread) => readFileSync(`${directory}/${thread}/stat`, 'utf8').replace(/^.*\) /s, ''))
    if (states.some((state) => state.startsWith('R'))) return undefined
    // The time in `stat` has a resolution of 10 ms: too coarse for a starved thread.
    const times = threads.map((thread) => readFileSync(`${directory}/${thread}/schedstat`, 'utf8'))
    return threads.map((thread, n) => `${thread} ${times[n]}`).join('')
  } catch {
    return undefined // a thread ended between the two reads, or this is not Linux
  }
}
