import { spawnSync } from 'node:child_process'

/** A program and its arguments; no shell in between. */
export type Command = readonly [program: string, ...args: string[]]

/** The seconds that each command took in one round. */
export type Round<Name extends string> = Readonly<Record<Name, number>>

export interface Turns {
  readonly rounds: number
  /** Called before each timed command; its own time does not count. */
  readonly before?: () => void
}

/**
 * Time commands in turns, A B A B, so that whatever else the machine does falls on all of them.
 *
 * @throws {Error} when a command does not exit with 0: half a job has no time worth comparing
 */
export function alternate<Name extends string>(
  commands: Readonly<Record<Name, Command>>,
  { rounds, before }: Turns,
): Round<Name>[] {
  const timed = Object.entries<Command>(commands)
  return Array.from({ length: rounds }, () => {
    const seconds = timed.map(([name, command]) => {
      before?.()
      return [name, secondsOf(command)] as const
    })
    return Object.fromEntries(seconds) as Round<Name>
  })
}

/** Seconds from start to exit. Output is thrown away, as with `>/dev/null`; errors are kept for the message. */
export function secondsOf(command: Command): number {
  const [program, ...args] = command
  const started = performance.now()
  const { status, stderr, error } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: cleanEnv() })
  const seconds = (performance.now() - started) / 1000
  if (error) throw error
  if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}\n${stderr.toString().slice(-2000)}`)
  return seconds
}

/** The runner that compiles this file may load itself through NODE_OPTIONS; a measured node must start bare. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env
  return env
}

/** Is there such a program? */
export function installed(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0
}
