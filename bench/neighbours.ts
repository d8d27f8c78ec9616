import { readFileSync } from 'node:fs'

/**
 * How much of the machine did others use, since this was called? A comparison made beside a busy neighbour says little:
 * a program that uses both cores suffers more from one than a program that uses one.
 *
 * @returns asks, when called: the share of all processor time, 0 to 1, that neither this process nor the programs it
 * waited for have used; `undefined` where the kernel does not tell
 */
export function watchNeighbours(): () => number | undefined {
  if (process.platform !== 'linux') return () => undefined
  const before = ticks()
  return () => {
    const after = ticks()
    const others = after.busy - before.busy - (after.ours - before.ours)
    return Math.max(0, others) / (after.all - before.all)
  }
}

/** In clock ticks of one core. Time stolen by the host counts as busy. */
function ticks(): { busy: number; all: number; ours: number } {
  const line = readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? ''
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupt = 0, soft = 0, stolen = 0] = numbers(
    line.slice(4),
  )
  const busy = user + nice + system + interrupt + soft + stolen
  // Behind the name in brackets, which may hold spaces: own user and system time, then that of ended children.
  const own = readFileSync('/proc/self/stat', 'latin1').replace(/^.*\) \S /s, '')
  const ours = numbers(own).slice(10, 14)
  return { busy, all: busy + idle + wait, ours: ours.reduce((sum, part) => sum + part, 0) }
}

function numbers(text: string): number[] {
  return text.trim().split(/\s+/).map(Number)
}
