import { run } from '../../../src/cli/program.ts'
import type { Ran } from './run.ts'

/**
 * Run the command line in this process: a few milliseconds instead of the start of a process.
 *
 * Threads run compiled code only: a test file that scans in this way mocks `thread-pool.ts` with `one-thread.ts`.
 */
export async function regfsckHere(args: readonly string[], about: About = {}): Promise<Ran> {
  const stdout: string[] = []
  const stderr: string[] = []
  const stream = (into: string[]) => ({
    write: (text: string) => void into.push(text),
    isTerminal: about.terminal ?? false,
    columns: about.terminal ? 100 : undefined,
  })
  const started = performance.now()
  const code = await run(
    args,
    {
      stdout: stream(stdout),
      stderr: stream(stderr),
      env: about.env ?? {},
      now: () => new Date('2026-11-20T12:00:00.000Z'),
      onStuckThread: () => undefined,
      signal: about.signal ?? new AbortController().signal,
    },
    '0.0.0',
  )
  return { code, stdout: stdout.join(''), stderr: stderr.join(''), took: performance.now() - started }
}

interface About {
  readonly env?: Readonly<Record<string, string>>
  readonly terminal?: boolean
  readonly signal?: AbortSignal
}
