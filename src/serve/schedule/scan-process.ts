import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScanEvent } from '../../check/events.ts'
import { ENDINGS, type Told, type TrafficPiece } from './ipc-messages.ts'
import type { Plan } from './plan.ts'

/** Listens to a scan. */
export interface Listener {
  readonly event: (event: ScanEvent) => void
  readonly traffic: (piece: TrafficPiece) => void
  /** A line that it said to people. */
  readonly said: (line: string) => void
}

/**
 * Does one scan.
 *
 * @returns why it did not come to an end of its own, where it did not
 */
export type Scan = (plan: Plan, listener: Listener, signal: AbortSignal) => Promise<string | undefined>

/** Milliseconds after SIGTERM before SIGKILL. A scan needs 2 s to say what it has. */
const PATIENCE = 3000
/** Milliseconds after its own deadline before it is stopped from here. */
const GRACE = 60_000
/** Below whoever has to answer, and below the registry itself. */
const NICE = 10
const FARTHEST = 2 ** 31 - 1

/**
 * Scans in a process of their own: what one holds ends with it, and a disk that does not answer blocks nobody else.
 *
 * @param program that understands `scan`
 * @param env of the process
 */
export function scanInProcess(program: string, env: NodeJS.ProcessEnv): Scan {
  return async (plan, listener, signal) => {
    const child = fork(program, ['scan', ...OPTIONS, ...plan.arguments], {
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const lines: string[] = []
    const over = new AbortController()
    const ended = endOf(child)
    child.once('spawn', () => {
      makeNice(child.pid)
    })
    child.on('message', (told: Told) => {
      if (told.type === 'event') listener.event(told.event)
      else listener.traffic(told.traffic)
    })
    if (child.stderr !== null)
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line)
        lines.splice(0, lines.length - REMEMBERED)
        listener.said(line)
      })
    const stop = (): void => {
      child.kill('SIGTERM')
      void sleep(PATIENCE, undefined, { signal: over.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      )
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    const guard = setTimeout(stop, Math.min(plan.deadline + GRACE, FARTHEST))
    const { code, killedBy, error } = await ended
    clearTimeout(guard)
    signal.removeEventListener('abort', stop)
    over.abort()
    if (error !== undefined) return `cannot start the scan: ${error.message}`
    if (ENDINGS.has(code)) return undefined
    const how = killedBy === null ? `with exit code ${code ?? '?'}` : `by ${killedBy}`
    return `the scan ended ${how}${lines.length === 0 ? '' : `: ${lines.join(' ')}`}`
  }
}

interface End {
  readonly code: number | null
  readonly killedBy: string | null
  readonly error?: Error
}

/** When it has ended, and all that it told has been heard. */
function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    let end: End | undefined
    const check = (): void => {
      if (end !== undefined && !child.connected) resolve(end)
    }
    child.once('error', (error) => {
      resolve({ code: null, killedBy: null, error })
    })
    child.once('close', (code, killedBy) => {
      end = { code, killedBy }
      check()
    })
    child.once('disconnect', check)
  })
}

/** Lines of which the last are told where it ends badly. */
const REMEMBERED = 5

const OPTIONS: readonly string[] = [
  '--tell-parent',
  '--output=ndjson',
  '--fail-on=never',
  '--color=never',
  '--log-level=warn',
]

function makeNice(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, NICE)
  } catch {
    // It is gone already, or may not: then it runs like everybody else.
  }
}
