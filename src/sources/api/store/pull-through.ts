import { StoreError } from '../../../check/store-error.ts'
import { MANIFEST_TYPES } from '../../../oci/media-type.ts'
import type { RegistryClient } from '../client/client.ts'
import { isRecord, recordIn } from '../client/protocol-errors.ts'
import type { RegistryRequest } from '../client/registry-request.ts'
import { orStoreError } from './answer-all.ts'

/** No known bytes have this digest, so the cache cannot fetch anything. */
const NO_SUCH_DIGEST = `sha256:${'0'.repeat(64)}`
const UNKNOWN_REPOSITORY = 'regfsck/is-this-a-cache'

/**
 * Whether a registry is a pull-through cache of distribution. Sends one request, for a manifest that does not exist, so that
 * the cache stores nothing.
 *
 * A cache asks its upstream, and returns the upstream's error, or the failed connection to it, as the detail of an `UNKNOWN`
 * error. Any other response counts as no cache.
 *
 * @param repository one that will be scanned; without it, no token is requested
 */
export async function isPullThroughCache(
  client: RegistryClient,
  repository: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const request: RegistryRequest = {
    method: 'GET',
    path: `v2/${repository ?? UNKNOWN_REPOSITORY}/manifests/${NO_SUCH_DIGEST}`,
    scope: repository === undefined ? '' : `repository:${repository}:pull`,
    headers: { accept: MANIFEST_TYPES.join(', ') },
    withoutToken: repository === undefined,
  }
  const response = await orStoreError(() => client.send(request, signal))
  if (response instanceof StoreError || response.status < 500) return false
  const { errors } = recordIn(response.errorBody)
  const error: unknown = Array.isArray(errors) ? errors[0] : undefined
  return isRecord(error) && error['code'] === 'UNKNOWN' && isUpstreamError(error['detail'])
}

/** The three errors of distribution's client as Go encodes them: a protocol error, an unexpected status, a failed connection. */
function isUpstreamError(detail: unknown): boolean {
  if (!isRecord(detail)) return false
  const { errors, code, StatusCode, Op, URL } = detail
  const hasProtocolErrors = Array.isArray(errors)
    ? errors.some((each) => isRecord(each) && typeof each['code'] === 'string')
    : false
  const isConnectionError = typeof Op === 'string' && typeof URL === 'string' && /\/v2\//.test(URL)
  return hasProtocolErrors || typeof code === 'string' || typeof StatusCode === 'number' || isConnectionError
}
