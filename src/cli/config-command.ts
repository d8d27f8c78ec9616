import { z } from 'zod'
import { configSchema } from '../config/schema.ts'
import { harmless } from '../report/escape.ts'
import { nameOf } from '../serve/plan.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { readServeRequest } from './serve-request.ts'

/** @throws {UsageError} with a line for every problem */
export async function checkConfig(file: string, io: Io): Promise<ExitCode> {
  const { plans, host, port } = await readServeRequest(file, io)
  for (const plan of plans) {
    const every = `every ${plan.interval / 1000} s`
    io.stdout.write(`${harmless(`${nameOf(plan)}: ${plan.target}, depth ${plan.depth}, ${every}`)}\n`)
  }
  io.stdout.write(`${harmless(file)} is sound; it would answer on ${host}:${port}\n`)
  return 0
}

export function printConfigSchema(io: Io): ExitCode {
  io.stdout.write(`${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), undefined, 2)}\n`)
  return 0
}
