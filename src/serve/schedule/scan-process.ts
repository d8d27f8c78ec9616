import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScanEvent } from '../../check/events.ts'
import { type IpcMessage, NORMAL_EXIT_CODES, type RequestCounts } from './ipc-messages.ts'
import type { Plan } from './plan.ts'
import type { TextSource } from './text-source.ts'

/** Receives what a scan reports. */
export interface ScanListener {
  readonly onEvent: (event: ScanEvent) => void
  readonly onRequests: (piece: RequestCounts) => void
  /** A line from stderr. */
  readonly onStderr: (line: string) => void
}

/**
 * Runs one scan.
 *
 * @returns why it crashed or could not start; `undefined` if it ended normally
 */
export type RunScan = (plan: Plan, listener: ScanListener, signal: AbortSignal) => Promise<string | undefined>

/** Runs one command of regfsck and passes on what it reports. @returns as {@link RunScan} */
export type RunCommand = (
  run: Pick<Plan, 'arguments' | 'deadline'> & {
    /** What the command reads from its standard input. */
    readonly input?: TextSource | undefined
  },
  listener: ScanListener,
  signal: AbortSignal,
) => Promise<string | undefined>

/** Milliseconds between SIGTERM and SIGKILL. A scan may take 2 s to report what it has. */
const KILL_AFTER = 3000
/** Milliseconds past its own deadline after which a scan is stopped from here. */
const GRACE = 60_000
/** A lower priority than the registry on the same machine, and than this server. */
const NICE = 10
/** Milliseconds; setTimeout treats more as 1. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Runs each scan in its own process: its memory is freed at the end, and a disk that hangs blocks nothing else.
 *
 * @param program path of the regfsck command
 * @param env environment of the process
 */
export function scanInProcess(program: string, env: NodeJS.ProcessEnv): RunScan {
  return commandInProcess(program, ['scan'], env)
}

/** Checks what is deployed in its own process, likewise. */
export function checkInProcess(program: string, env: NodeJS.ProcessEnv): RunCommand {
  return commandInProcess(program, ['check', '--quiet'], env)
}

function commandInProcess(program: string, command: readonly string[], env: NodeJS.ProcessEnv): RunCommand {
  return async (plan, listener, signal) => {
    const text = await plan.input?.read(signal)
    const child = fork(program, [...command, ...OPTIONS, ...plan.arguments], {
      env,
      execArgv: [],
      stdio: [text === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe', 'ipc'],
    })
    if (text !== undefined) feed(child, text)
    const lines: string[] = []
    const over = new AbortController()
    const ended = endOf(child)
    child.once('spawn', () => {
      makeNice(child.pid)
    })
    child.on('message', (message: IpcMessage) => {
      if (message.type === 'event') listener.onEvent(message.event)
      else listener.onRequests(message.traffic)
    })
    if (child.stderr !== null)
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line)
        lines.splice(0, lines.length - LAST_LINES)
        listener.onStderr(line)
      })
    const stop = (): void => {
      child.kill('SIGTERM')
      void sleep(KILL_AFTER, undefined, { signal: over.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      )
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
    const guard = setTimeout(stop, Math.min(plan.deadline + GRACE, LONGEST_TIMER))
    const { code, killedBy, error } = await ended
    clearTimeout(guard)
    signal.removeEventListener('abort', stop)
    over.abort()
    if (error !== undefined) return `cannot start the scan: ${error.message}`
    if (NORMAL_EXIT_CODES.has(code)) return undefined
    const how = killedBy === null ? `with exit code ${code ?? '?'}` : `by ${killedBy}`
    return `the scan ended ${how}${lines.length === 0 ? '' : `: ${lines.join(' ')}`}`
  }
}

function feed({ stdin }: ChildProcess, text: string): void {
  // Who does not read has ended, and that end says why.
  stdin?.on('error', () => undefined)
  stdin?.end(text)
}

interface ProcessEnd {
  readonly code: number | null
  readonly killedBy: string | null
  readonly error?: Error
}

/** Resolves when the process has ended and all its messages have arrived. */
function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    let end: ProcessEnd | undefined
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

/** Lines of stderr that are quoted if the scan crashes. */
const LAST_LINES = 5

const OPTIONS: readonly string[] = [
  '--report-to-parent',
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
    // The process has ended already, or the system does not allow it: it keeps its priority.
  }
}
