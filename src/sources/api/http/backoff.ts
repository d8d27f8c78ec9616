import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds before the second try; twice as long before each further one. */
const BACKOFF = 200

/** An HTTP date begins with the name of a day; `Date.parse` would find a date in almost anything. */
const DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/**
 * Milliseconds that an answer asks to wait; a number of seconds or a date. It may be any number, also one without end.
 * @see RFC 9110, 10.2.3
 */
export function retryAfter(value: string | string[] | undefined, now: number = Date.now()): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = DATE.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** What the clock on the wall will show. Only to be told: waits are measured by a clock that nobody can set. */
export function timeOfDay(fromNow: number): string {
  return new Date(Date.now() + fromNow).toISOString()
}

/** Milliseconds, never the same for two that were refused together. @param tries so far */
export function backoff(tries: number): number {
  return BACKOFF * 2 ** (tries - 1) * (0.5 + Math.random() / 2)
}

/** Ends early where the scan is stopped: the next try will say so. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
