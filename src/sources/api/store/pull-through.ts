import { StoreError } from '../../../check/store-error.ts'
import { MANIFEST_TYPES } from '../../../oci/media-type.ts'
import type { RegistryClient } from '../client/client.ts'
import { isRecord, recordIn } from '../client/protocol-errors.ts'
import { answering } from './answer-all.ts'

/** No bytes hash to it, as far as anybody knows: there is nothing to fetch. */
const NOWHERE = `sha256:${'0'.repeat(64)}`
const SOME_NAME = 'regfsck/is-this-a-cache'

/**
 * Whether a registry is a pull-through cache of distribution, told by one question that makes it store nothing.
 *
 * Asked for a manifest that it does not have, a cache asks its upstream, and passes on what that said as the detail of an
 * unknown error of its own: an error of the protocol within one, or that the upstream was not to be had.
 *
 * A registry that answers in any other way passes for none.
 *
 * @param repository one that is to be asked for; where none is known, no token is bought
 */
export async function isPullThroughCache(
  client: RegistryClient,
  repository: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const question = {
    method: 'GET',
    path: `v2/${repository ?? SOME_NAME}/manifests/${NOWHERE}`,
    scope: repository === undefined ? '' : `repository:${repository}:pull`,
    headers: { accept: MANIFEST_TYPES.join(', ') },
    buysNoToken: repository === undefined,
  } as const
  const answer = await answering(() => client.ask(question, signal))
  if (answer instanceof StoreError || answer.status < 500) return false
  const { errors } = recordIn(answer.errorBody)
  const error: unknown = Array.isArray(errors) ? errors[0] : undefined
  return isRecord(error) && error['code'] === 'UNKNOWN' && isOfUpstream(error['detail'])
}

/** As Go writes the errors of distribution's client: in the protocol's form, without it, or of the way there. */
function isOfUpstream(detail: unknown): boolean {
  if (!isRecord(detail)) return false
  const { errors, code, StatusCode, Op, URL } = detail
  const ofUpstream = Array.isArray(errors)
    ? errors.some((each) => isRecord(each) && typeof each['code'] === 'string')
    : false
  const offTheWay = typeof Op === 'string' && typeof URL === 'string' && /\/v2\//.test(URL)
  return ofUpstream || typeof code === 'string' || typeof StatusCode === 'number' || offTheWay
}
