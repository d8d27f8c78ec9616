import { StoreError, type StoreErrorCode } from '../../check/store-error.ts'
import type { AnsweredBy } from './client.ts'
import type { Head } from './wire.ts'

/**
 * Whether an answer is a registry's word that it lacks a thing. Registries say so in JSON, or without a word. Text for
 * people is how a proxy says that the registry behind it is away: Traefik while it restarts, an ingress without a backend.
 * An object store has its own ways to say it.
 */
export function isMissing({ status, headers, by }: AnsweredBy, registry: URL): boolean {
  return status === 404 && (by.origin !== registry.origin || !isText(headers))
}

/** An answer that says nothing about whether a thing is there. */
export function refusal({ status, headers }: Head, place: string, tried: string): StoreError {
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
  const more =
    code === 'STORE_DENIED'
      ? `; ${tried}`
      : status === 404 && isText(headers)
        ? ' with a text for people, as a proxy does while the registry behind it is away'
        : ''
  return new StoreError(`answered ${status}${more}`, { code, place })
}

function isText(headers: Head['headers']): boolean {
  return /^text\//i.test(String(headers['content-type']))
}
