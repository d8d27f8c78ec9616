import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type Command, cleanEnv } from './timing.ts'

/**
 * The largest resident set that a program reached, in bytes: all its threads, none of its child processes.
 *
 * Linux keeps the high-water mark itself (`VmHWM`), for the process as a whole; it only has to be read before the
 * process is gone. So reading late loses nothing but a peak in the last few milliseconds, and reading rarely loses
 * nothing at all. The usual `ru_maxrss` would do worse: it starts from the size of the process that forked.
 */
export async function peakMemory(command: Command): Promise<number> {
  const [program, ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: cleanEnv() })
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid))
  }, 2)
  try {
    const [status] = await once(child, 'exit')
    if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}`)
  } finally {
    clearInterval(timer)
  }
  if (peak === 0) throw new Error(`${command.join(' ')}: gone before its memory could be read`)
  return peak
}

/** 0 for a process that has ended. */
function highWater(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
