import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds before the second try; doubled before each further one. */
const BASE_DELAY = 200
/** The longest wait in milliseconds that a server may ask for. If it asks for more, we do not wait at all. */
export const MAX_WAIT = 60_000
/** Milliseconds for which a server's request to send nothing is respected at most. */
export const MAX_REST: number = 24 * 3600 * 1000

/** An HTTP date begins with the name of a day; `Date.parse` alone accepts almost anything. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/**
 * Milliseconds of a `Retry-After` header, which holds seconds or a date. Not bounded.
 *
 * @see RFC 9110, 10.2.3
 */
export function retryAfter(value: string | string[] | undefined, now: number = Date.now()): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** The time of day in so many milliseconds, for messages only: waits use a monotonic clock. */
export function timeOfDay(fromNow: number): string {
  return new Date(Date.now() + fromNow).toISOString()
}

/** Milliseconds to wait before the next try, with jitter. @param tries so far */
export function backoff(tries: number): number {
  return BASE_DELAY * 2 ** (tries - 1) * (0.5 + Math.random() / 2)
}

/** Sleeps. Returns early, without an error, when the signal aborts: the next request fails then. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
