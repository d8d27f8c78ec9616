import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ran, type RunOptions, regfsck } from './run.ts'

/** A system call, as `strace` saw it. */
export interface Call {
  readonly name: string
  /** All of it, with the path of every file descriptor in it. */
  readonly line: string
}

export interface Traced {
  readonly ran: Ran
  readonly calls: readonly Call[]
}

let runs = 0

/**
 * Run the command with all its threads under `strace`.
 *
 * @param flags of `strace`: what to trace, where to look, what to inject
 */
export async function traced(flags: readonly string[], args: readonly string[], how: RunOptions = {}): Promise<Traced> {
  const { strace, calls } = tracing(flags)
  // A ring of requests to the kernel would do its work unseen.
  const env = { UV_USE_IO_URING: '0', ...how.env }
  const ran = await regfsck(args, { ...how, env, under: [...strace, ...(how.under ?? [])] })
  return { ran, calls: calls() }
}

/** The start of a command line that traces what follows it, and what it saw when that has ended. */
export function tracing(flags: readonly string[]): { strace: readonly string[]; calls: () => readonly Call[] } {
  const file = join(tmpdir(), `regfsck-trace-${process.pid}-${runs++}`)
  return {
    strace: ['strace', '-f', '--seccomp-bpf', '-qq', '-y', '-o', file, ...flags, '--'],
    calls: () => {
      const lines = readFileSync(file, 'utf8').split('\n')
      rmSync(file)
      return callsIn(lines)
    },
  }
}

/** The two halves of a call that another thread's interrupted become one. */
function callsIn(lines: readonly string[]): Call[] {
  const begun = new Map<string, string>()
  return lines.flatMap((line) => {
    const { pid = '', start, name = '', end = '' } = LINE.exec(line)?.groups ?? {}
    if (line.endsWith(UNFINISHED)) {
      begun.set(pid, line.slice(0, -UNFINISHED.length))
      return []
    }
    if (start !== undefined) return [{ name: start, line }]
    return name === '' ? [] : [{ name, line: `${begun.get(pid) ?? ''}${end}` }]
  })
}

const UNFINISHED = ' <unfinished ...>'
const LINE = /^(?<pid>\d+) +(?:(?<start>\w+)\(|<\.\.\. (?<name>\w+) resumed>(?<end>.*))/

/** Calls that cannot change a file or a directory, whatever their arguments. */
const READING = new Set([
  ...['read', 'pread64', 'readv', 'preadv', 'lseek', 'close', 'getdents64', 'readlink', 'readlinkat'],
  ...['stat', 'lstat', 'fstat', 'newfstatat', 'statx', 'access', 'faccessat', 'faccessat2', 'execve'],
])
const OPENING = new Set(['open', 'openat', 'openat2'])
const WRITABLE = /\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b|0x/

/** The calls about anything at or under a directory. */
export function under(directory: string, calls: readonly Call[]): Call[] {
  return calls.filter(({ line }) => line.includes(`"${directory}`) || line.includes(`<${directory}`))
}

/** Calls that write, or that could: whatever is not known to read only. */
export function writesAmong(calls: readonly Call[]): Call[] {
  return calls.filter(({ name, line }) => {
    if (READING.has(name)) return false
    if (!OPENING.has(name)) return true
    return WRITABLE.test(line) || !line.includes('O_RDONLY')
  })
}
