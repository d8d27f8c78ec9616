import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import type { AnsweredBy } from './client.ts'
import { serverWords } from './error-text.ts'
import { protocolErrors, saysUnknown } from './protocol-errors.ts'

/**
 * Whether an answer is a registry's word that it lacks a thing. Only the protocol's own error body says so: a gateway
 * answers 404 with a page, with JSON of its own, or without a word while the registry behind it is away. So does a HEAD,
 * whose answer has no body: ask again by GET. An object store has its own ways to say it.
 */
export function isMissing({ status, errorBody, by }: AnsweredBy, registry: URL): boolean {
  if (status !== 404) return false
  return saysUnknown(errorBody) || (by.origin !== registry.origin && isOfObjectStore(errorBody))
}

/**
 * An answer that says nothing about whether a thing is there, told with the server's own words.
 *
 * @param place what was asked for
 * @param tried what was tried to be let in; of no matter where somebody else answered
 */
export function refusal(answer: AnsweredBy, place: string, tried: string): StoreError {
  const { status, by, errorBody } = answer
  const code = codeOf(status)
  const isElsewhere = by.origin !== new URL(place).origin
  const login = code === 'STORE_DENIED' && !isElsewhere ? `; ${tried}` : ''
  const isSaid = protocolErrors(errorBody).length > 0
  const slower = status === 429 && !isElsewhere ? ASK_LESS_OFTEN : ''
  const stranger = status !== 404 || isElsewhere ? '' : isSaid ? NOT_MISSING : NOT_ITS_OWN
  const from = isElsewhere ? ` by ${by.host}, to which the registry redirects` : ''
  return new StoreError(`answered ${status}${from}${serverWords(answer)}${login}${slower}${stranger}`, { code, place })
}

function codeOf(status: number): StoreErrorCode {
  if (status === 401 || status === 403) return 'STORE_DENIED'
  if (status === 429) return 'STORE_THROTTLED'
  if (status >= 500) return 'STORE_SERVER_ERROR'
  return status === 408 ? 'STORE_TIMEOUT' : 'STORE_MALFORMED'
}

const ASK_LESS_OFTEN = '; set --max-requests-per-second'

const NOT_ITS_OWN =
  ", but not in the registry's own words: the body has no registry error. A proxy answers like this while the registry behind it is down"

const NOT_MISSING = ", but not in the registry's own words for missing content"

/**
 * How S3 and what speaks like it, Azure, Google and Swift say that they lack one object. That a bucket is gone says nothing
 * about what was in it.
 */
function isOfObjectStore(body: Uint8Array): boolean {
  const text = Buffer.from(body).toString('utf8')
  return /<Code>(?:NoSuchKey|BlobNotFound)<\/Code>|"No such object|The resource could not be found\./.test(text)
}
