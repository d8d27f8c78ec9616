import { readFileSync } from 'node:fs'

/** What Linux tells programs, whatever its own clock does. */
const TICKS_PER_SECOND = 100

/** Seconds of processor time that a running program has used, without its child processes. */
export function processorTime(pid: number): number {
  const [user, system] = times(pid)
  return user + system
}

/** Seconds of processor time of all child processes that have ended. */
export function endedChildren(): number {
  const [, , user, system] = times('self')
  return user + system
}

function times(pid: number | 'self'): [user: number, system: number, childUser: number, childSystem: number] {
  // Behind the name in brackets, which may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) \S /s, '')
    .split(' ')
  const seconds = (index: number) => Number(fields[index]) / TICKS_PER_SECOND
  return [seconds(10), seconds(11), seconds(12), seconds(13)]
}
