import { isSuccess, type Question, type RegistryClient } from '../client/client.ts'
import { isMissing, refusal } from '../client/refusal.ts'
import { isWebPage, webPage } from '../client/web-page.ts'

/**
 * Whether a blob is served, by a GET of its first byte: a HEAD has no body that would say whose 404 it is.
 *
 * @throws {StoreError} where that cannot be told
 */
export async function servesBlob(client: RegistryClient, blob: Question, signal: AbortSignal): Promise<boolean> {
  const place = client.url(blob.path).href
  const open = () => () => false
  const answer = await client.ask({ ...blob, headers: { range: 'bytes=0-0' }, open, mayBeCut: true }, signal)
  if (isWebPage(answer)) throw webPage('blob', place)
  if (isSuccess(answer.status) || answer.status === 416) return true
  if (isMissing(answer, client.url(''))) return false
  throw refusal(answer, place, client.tried)
}
