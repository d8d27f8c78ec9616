import * as z from 'zod'
import { durationText } from '../../config/duration.ts'
import { placeText } from '../../config/listen.ts'
import { configSchema } from '../../config/schema.ts'
import { harmless } from '../../report/escape.ts'
import { planName } from '../../serve/schedule/plan.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { readServeRequest } from '../serve/serve-request.ts'

/** Validates a configuration file. @throws {UsageError} with a line for every problem */
export async function checkConfig(file: string, io: Io): Promise<ExitCode> {
  const { plans, listen, externalUrl } = await readServeRequest(file, io, { withReporting: true })
  for (const plan of plans) {
    const every = `every ${durationText(plan.interval)}`
    io.stdout.write(`${harmless(`${planName(plan)}: ${plan.target}, depth ${plan.depth}, ${every}`)}\n`)
  }
  const reached = externalUrl === undefined ? '' : `, reachable at ${harmless(externalUrl)}`
  io.stdout.write(`${harmless(file)} is valid; serve would listen on ${placeText(listen)}${reached}\n`)
  return 0
}

/** Prints the JSON schema of configuration files. */
export function printConfigSchema(io: Io): ExitCode {
  io.stdout.write(`${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), undefined, 2)}\n`)
  return 0
}
