import { env } from 'node:process'

/**
 * How many cases a test tries: what a variable says, which `vitest.slow.config.ts` sets, or else a few.
 *
 * @throws {RangeError} where it is no number from 1 upward
 */
export function countIn(name: string, few: number): number {
  const count = Number(env[name] ?? few)
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`${name}: expected a number from 1 upward`)
  return count
}
