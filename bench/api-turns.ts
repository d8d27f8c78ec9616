import { spawnSync } from 'node:child_process'
import { endedChildren, processorTime } from './processor-time.ts'
import type { Served } from './served.ts'
import { type Command, cleanEnv } from './timing.ts'

/** What one run of a program against a registry took, in seconds. */
export interface Turn {
  readonly wall: number
  /** Processor time of the program. */
  readonly own: number
  /** Processor time of the registry meanwhile. */
  readonly registry: number
  /** What the program printed. */
  readonly said: string
}

/**
 * Run programs in turns, A B A B, against one registry.
 *
 * @throws {Error} when a program does not exit with 0
 */
export function inTurns<Name extends string>(
  programs: Readonly<Record<Name, Command>>,
  served: Served,
  rounds: number,
): Readonly<Record<Name, readonly Turn[]>> {
  const turns = Object.fromEntries(Object.keys(programs).map((name) => [name, []])) as unknown as Record<Name, Turn[]>
  for (let round = 0; round < rounds; round++)
    for (const name of Object.keys(programs) as Name[]) turns[name].push(oneTurn(programs[name], served))
  return turns
}

function oneTurn(command: Command, served: Served): Turn {
  const [program, ...args] = command
  const before = { own: endedChildren(), registry: processorTime(served.pid), at: performance.now() }
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env: cleanEnv() })
  const wall = (performance.now() - before.at) / 1000
  if (error) throw error
  if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}\n${stderr.slice(-2000)}`)
  const own = endedChildren() - before.own
  return { wall, own, registry: processorTime(served.pid) - before.registry, said: stdout }
}
