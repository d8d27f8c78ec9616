import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two looks, and before giving up. */
const PACE = 20
const LIMIT = 30_000

/** Wait until a process catches SIGINT and SIGTERM, so that they reach it and not its start. */
export function catchesSignals(pid: number): Promise<void> {
  return until(`process ${pid} to catch signals`, () => {
    const caught = BigInt(`0x${field(pid, 'status', /^SigCgt:\s*(\w+)/m)}`)
    return (caught & SIGINT) !== 0n && (caught & SIGTERM) !== 0n
  })
}

const SIGINT = 1n << 1n
const SIGTERM = 1n << 14n

/** Wait until a process has read that much, from files and all. */
export function hasRead(pid: number, bytes: number): Promise<void> {
  return until(`process ${pid} to read ${bytes} bytes`, () => Number(field(pid, 'io', /^rchar: (\d+)/m)) >= bytes)
}

/** Wait until all threads of a process have been idle for half a second. */
export async function isIdle(pid: number): Promise<void> {
  let last = -1
  let since = 0
  await until(`process ${pid} to be idle`, () => {
    const fields = field(pid, 'stat', /^\d+ \(.*\) \S (.*)/).split(' ')
    const ticks = Number(fields[10]) + Number(fields[11])
    since = ticks === last ? since + PACE : 0
    last = ticks
    return since >= 500
  })
}

/**
 * Wait until a process has given itself up: what it still has may be threads that somebody else holds.
 * @returns the process that traces one of them, if any
 */
export async function hasEnded(pid: number): Promise<number | undefined> {
  const tracer = Math.max(0, ...readdirSync(`/proc/${pid}/task`).map((thread) => tracerOf(pid, thread)))
  await until(`process ${pid} to end`, () => !existsSync(`/proc/${pid}/stat`) || ['Z', 'X'].includes(state(pid)))
  return tracer === 0 ? undefined : tracer
}

function tracerOf(pid: number, thread: string): number {
  return Number(field(pid, `task/${thread}/status`, /^TracerPid:\s*(\d+)/m))
}

function state(pid: number): string {
  return field(pid, 'stat', /^\d+ \(.*\) (\S)/)
}

/** Wait for a condition. @throws {Error} where it does not come */
async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < LIMIT; waited += PACE) {
    if (isSo()) return
    await delay(PACE)
  }
  throw new Error(`waited ${LIMIT} ms in vain for ${what}`)
}

function field(pid: number, file: string, pattern: RegExp): string {
  return pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? ''
}
