import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Measures how much of the time this process needs a processor. For the rest it waits for something else. */
export class ProcessorClock {
  #wanted = wantedMilliseconds()
  #at = performance.now()

  /** The share of the time since the last call in which `threads` threads ran or waited for a processor; about 0 to 1. */
  wantedShare(threads: number): number {
    const wanted = wantedMilliseconds()
    const now = performance.now()
    const share =
      (wanted - this.#wanted) / ((now - this.#at) * (LINUX ? threads : Math.min(threads, availableParallelism())))
    this.#wanted = wanted
    this.#at = now
    return share
  }
}

const LINUX = process.platform === 'linux'
const TASKS = '/proc/self/task'

/**
 * On Linux the time that threads ran and that they were ready to run, so that a busy machine does not look like a slow
 * disk; elsewhere the time they ran.
 *
 * @see proc(5), /proc/pid/schedstat: nanoseconds run, nanoseconds ready
 */
function wantedMilliseconds(): number {
  try {
    return LINUX ? readdirSync(TASKS).reduce((sum, task) => sum + wantedBy(task), 0) : ran()
  } catch {
    return ran()
  }
}

function wantedBy(task: string): number {
  const [run = '0', ready = '0'] = readFileSync(`${TASKS}/${task}/schedstat`, 'latin1').split(' ')
  return (Number(run) + Number(ready)) / 1e6
}

function ran(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
