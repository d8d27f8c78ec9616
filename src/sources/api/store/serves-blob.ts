import { isSuccess } from '../client/registry-request.ts'
import { isWebPage, WebPageError } from '../client/web-page.ts'
import type { RepositoryClient } from './repository-client.ts'

/**
 * Whether a blob is served, by a GET of its first byte: a 404 to HEAD has no body that would show who sent it.
 *
 * @throws {StoreError} if unknown
 */
export async function servesBlob(repository: RepositoryClient, digest: string): Promise<boolean> {
  const request = repository.request('GET', `blobs/${digest}`, { range: 'bytes=0-0' })
  const stopAtOnce = () => () => false
  const response = await repository.send({ ...request, sink: stopAtOnce, acceptsPartialBody: true })
  if (isWebPage(response)) throw new WebPageError('blob', repository.url(request))
  if (isSuccess(response.status) || response.status === 416) return true
  if (repository.isMissing(response)) return false
  throw repository.refusal(request, response)
}
