#!/usr/bin/env node
import { fstatSync, readFileSync } from 'node:fs'
import { writeFully } from './cli/files/write-fully.ts'
import { connectionWords, redactWords } from './cli/options/passwords.ts'
import { keepCompiledCode } from './cli/process/compile-cache.ts'
import { mayScanStorage, startThreadEarly } from './cli/process/early-thread.ts'
import type { ExitCode } from './cli/process/exit-code.ts'
import { exitNow } from './cli/process/exit-now.ts'
import { INTERNAL_ERROR, internalErrorText } from './cli/process/internal-error.ts'
import type { Io, Parent, Stream } from './cli/process/io.ts'

/** The only place that touches the process: its arguments, its streams, its signals, its end. */
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const args = process.argv.slice(2)
/** Milliseconds from a signal to the end, whatever is still to be reported. */
const LONGEST_END = 3000
let undeliverable = false
let hangs = false
/** Exit codes that come before that of a result that could not be delivered. */
const BEFORE_DELIVERY: ReadonlySet<ExitCode> = new Set([2, 70, 130, 143])

// A bug must not pass for a finding: an uncaught error of Node ends with 1, which means "damaged".
process.on('uncaughtException', (error) => {
  const redact = redactWords([...args, ...connectionWords(process.env)])
  process.stderr.write(internalErrorText(error, { args, env: process.env, redact }))
  process.exit(INTERNAL_ERROR)
})

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  streamOf(process.stdout, () => {
    process.exitCode = 5
  }).write(`${version}\n`)
} else void main()

async function main(): Promise<void> {
  // Before anything else: a change that is told of while it starts must not end it.
  if (args[0] === 'serve') process.on('SIGHUP', () => undefined)
  // A file that may not grow (`ulimit -f`) is a failed write, not the end.
  process.on('SIGXFSZ', () => undefined)
  keepCompiledCode(process.env)
  if (mayScanStorage(args)) startThreadEarly()
  const { run } = await import('./cli/program.ts')
  const io: Io = {
    stdout: streamOf(process.stdout),
    stderr: streamOf(process.stderr),
    env: process.env,
    now: () => new Date(),
    signal: signalled(),
    onStuckThread: () => {
      hangs = true
    },
    onHangup: (listener) => {
      process.on('SIGHUP', listener)
    },
    ...(process.connected ? { parent: parent() } : {}),
  }
  const code = await run(args, io, version)
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  const last = undeliverable && !BEFORE_DELIVERY.has(code) ? 5 : code
  if (hangs) endWithout(last)
  process.exit(last)
}

/** An exit waits for each thread, also for one that waits for a disk that does not answer. This does not. */
function endWithout(code: ExitCode): void {
  if (code === 130) dieOf('SIGINT')
  if (code === 143) dieOf('SIGTERM')
  try {
    exitNow(code)
  } catch {
    dieOf('SIGTERM')
  }
}

/**
 * What a shell shows is the same as of an exit with 130 or 143, and it needs no thread's consent: an exit waits for each,
 * also for one that waits for a disk. Without effect on process 1 of a container, whose kernel ignores it.
 */
function dieOf(signal: 'SIGINT' | 'SIGTERM'): void {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/** The first signal asks to stop, the second does not ask. */
function signalled(): AbortSignal {
  const controller = new AbortController()
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.on(name, () => {
      if (controller.signal.aborted) {
        dieOf(name)
        process.exit(code)
      }
      controller.abort(name)
      setTimeout(() => {
        dieOf(name)
      }, LONGEST_END).unref()
    })
  return controller.signal
}

function parent(): Parent {
  const gone = new AbortController()
  process.once('disconnect', () => {
    gone.abort('SIGTERM')
  })
  return {
    send: (message) =>
      new Promise((resolve) => {
        process.send?.(message, undefined, {}, () => {
          resolve()
        })
      }),
    gone: gone.signal,
  }
}

function streamOf(stream: NodeJS.WriteStream, onFailure: () => void = () => undefined): Stream {
  const fd = stream === process.stdout ? 1 : 2
  const failed = (error: NodeJS.ErrnoException): void => {
    // Whoever reads may stop reading (`| head`): that is no failure of ours.
    if (error.code === 'EPIPE' || undeliverable) return
    undeliverable = true
    onFailure()
    if (stream === process.stdout) process.stderr.write(`regfsck: cannot write to stdout: ${error.message}\n`)
  }
  stream.on('error', failed)
  return {
    write: isFile(fd, stream.isTTY) ? wholeWrites(fd, failed) : (text) => void stream.write(text),
    isTerminal: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
  }
}

/** A stream of Node's on a file takes a short write, as of a full disk, for a whole one. */
function wholeWrites(fd: number, failed: (error: NodeJS.ErrnoException) => void): (text: string) => void {
  let isBroken = false
  return (text) => {
    if (isBroken) return
    try {
      writeFully(fd, text)
    } catch (error) {
      isBroken = true
      failed(error as NodeJS.ErrnoException)
    }
  }
}

function isFile(fd: number, isTTY: boolean): boolean {
  const stats = fstatSync(fd)
  return stats.isFile() || (stats.isCharacterDevice() && !isTTY)
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) resolve()
    else
      stream.write('', () => {
        resolve()
      })
  })
}
