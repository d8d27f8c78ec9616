import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { CircuitOpenError, isTransient } from '../connect/circuit-breaker.ts'

const MAX_TRIES = 5

/**
 * Tries of a request while the server answers other requests, by the status with which servers limit the rate. nginx limits
 * with 503 by default, which may also be about one object.
 */
const TRIES_WHEN_THROTTLED: ReadonlyMap<number, number> = new Map([
  [429, 30],
  [503, 10],
])

/**
 * Errors of DNS, TLS and parsing are permanent. A timeout is retried once only, because each costs so much time; the retry
 * distinguishes a lost connection from a server that hangs.
 */
const TRIES_BY_ERROR: ReadonlyMap<StoreErrorCode, number> = new Map([
  ['STORE_UNREACHABLE', MAX_TRIES],
  ['STORE_TIMEOUT', 2],
])

/** Tries of a request that gets this status; 1 means no retry. A 500 may be permanent: distribution's answer for a broken link. */
export function maxTries(status: number): number {
  if (isTransient(status)) return MAX_TRIES
  return status === 500 ? 2 : 1
}

/** Tries in all of a request whose rate is limited; 0 if the status does not limit the rate. */
export function maxThrottledTries(status: number): number {
  return TRIES_WHEN_THROTTLED.get(status) ?? 0
}

/** Whether to try again after an error. @param tries so far */
export function mayRetryAfter(error: unknown, tries: number): boolean {
  if (!(error instanceof StoreError) || error instanceof CircuitOpenError) return false
  return tries < (TRIES_BY_ERROR.get(error.code) ?? 0)
}
