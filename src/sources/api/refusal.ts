import { StoreError, type StoreErrorCode } from '../../check/store-error.ts'
import type { AnsweredBy } from './client.ts'
import { saysUnknown } from './protocol-errors.ts'
import type { Head } from './wire.ts'

/**
 * Whether an answer is a registry's word that it lacks a thing. Only the protocol's own error body says so: a gateway
 * answers 404 with a page, with JSON of its own, or without a word while the registry behind it is away. So does a HEAD,
 * whose answer has no body: ask again by GET. An object store has its own ways to say it.
 */
export function isMissing({ status, errorBody, by }: AnsweredBy, registry: URL): boolean {
  if (status !== 404) return false
  return saysUnknown(errorBody) || (by.origin !== registry.origin && isOfObjectStore(errorBody))
}

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
  const more = code === 'STORE_DENIED' ? `; ${tried}` : status === 404 ? NOT_ITS_OWN : ''
  return new StoreError(`answered ${status}${more}`, { code, place })
}

const NOT_ITS_OWN =
  ", which is not the registry's own answer: it has no registry error in its body. A proxy answers like this while the registry behind it is away"

/**
 * How S3 and what speaks like it, Azure, Google and Swift say that they lack one object. That a bucket is gone says nothing
 * about what was in it.
 */
function isOfObjectStore(body: Uint8Array): boolean {
  const text = Buffer.from(body).toString('utf8')
  return /<Code>(?:NoSuchKey|BlobNotFound)<\/Code>|"No such object|The resource could not be found\./.test(text)
}
