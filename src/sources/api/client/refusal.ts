import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { timeOfDay } from '../http/backoff.ts'
import { serverMessage } from './error-text.ts'
import { protocolErrors, saysUnknown } from './protocol-errors.ts'
import { limitText, pullLimitIn } from './pull-limit.ts'
import type { RegistryResponse } from './registry-request.ts'

/**
 * Whether a registry says that it does not have a thing. Only a 404 with the protocol's error body does: a gateway answers
 * 404 with a web page, with other JSON or with nothing while the registry behind it is down. A 404 to HEAD has no body, so
 * repeat it by GET. Object stores have error bodies of their own.
 */
export function isMissing({ status, errorBody, url }: RegistryResponse, registry: URL): boolean {
  if (status !== 404) return false
  return saysUnknown(errorBody) || (url.origin !== registry.origin && isFromObjectStore(errorBody))
}

/**
 * The error for a response that does not say whether the thing exists, with the server's own message.
 *
 * @param place what was requested
 * @param tried which credential was tried; not used if another host answered
 */
export function refusal(response: RegistryResponse, place: string, tried: string): StoreError {
  const { status, url, errorBody } = response
  const code = codeFor(status)
  const isElsewhere = url.origin !== new URL(place).origin
  const hasProtocolError = protocolErrors(errorBody).length > 0
  const from = isElsewhere ? ` by ${url.host}, to which the registry redirects` : ''
  const login = code === 'STORE_DENIED' && !isElsewhere ? `; ${tried}` : ''
  const slower = status === 429 && !isElsewhere ? slowerText(response) : ''
  const unclear = status !== 404 || isElsewhere ? '' : hasProtocolError ? NOT_MISSING : NO_PROTOCOL_ERROR
  return new StoreError(`answered ${status}${from}${serverMessage(response)}${login}${slower}${unclear}`, {
    code,
    place,
  })
}

function codeFor(status: number): StoreErrorCode {
  if (status === 401 || status === 403) return 'STORE_DENIED'
  if (status === 429) return 'STORE_THROTTLED'
  if (status >= 500) return 'STORE_SERVER_ERROR'
  return status === 408 ? 'STORE_TIMEOUT' : 'STORE_MALFORMED'
}

function slowerText({ headers }: RegistryResponse): string {
  const limit = pullLimitIn(headers)
  if (limit === undefined || limit.remaining > 0) return '; set --max-requests-per-second'
  return `; it allows ${limitText(limit)}, and none is left: try again by ${timeOfDay(limit.seconds * 1000)}`
}

const NO_PROTOCOL_ERROR =
  ", but not in the registry's own words: the body has no registry error. A proxy answers like this while the registry behind it is down"

const NOT_MISSING = ", but not in the registry's own words for missing content"

/**
 * How S3 and compatible stores, Azure, Google and Swift report one missing object. A missing bucket says nothing about its
 * objects.
 */
function isFromObjectStore(body: Uint8Array): boolean {
  const text = Buffer.from(body).toString('utf8')
  return /<Code>(?:NoSuchKey|BlobNotFound)<\/Code>|"No such object|The resource could not be found\./.test(text)
}
