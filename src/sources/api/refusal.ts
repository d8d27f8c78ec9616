import { StoreError, type StoreErrorCode } from '../../check/store-error.ts'
import type { Head } from './wire.ts'

/** An answer that says nothing about whether a thing is there. */
export function refusal({ status }: Head, place: string, tried: string): StoreError {
  const code: StoreErrorCode =
    status === 401 || status === 403
      ? 'STORE_DENIED'
      : status === 429
        ? 'STORE_THROTTLED'
        : status >= 500
          ? 'STORE_SERVER_ERROR'
          : status === 408
            ? 'STORE_TIMEOUT'
            : 'STORE_MALFORMED'
  return new StoreError(`answered ${status}${code === 'STORE_DENIED' ? `; ${tried}` : ''}`, { code, place })
}
