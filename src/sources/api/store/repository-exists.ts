import { StoreError } from '../../../check/store-error.ts'
import { orStoreError } from './answer-all.ts'
import type { RepositoryClient } from './repository-client.ts'

/**
 * Whether a repository exists, by its list of tags; `false` also if it has no tags.
 *
 * @returns `undefined` if unknown
 */
export async function repositoryExists(repository: RepositoryClient): Promise<boolean | undefined> {
  const request = { ...repository.request('GET', 'tags/list?n=1'), mayRedirectElsewhere: false }
  const response = await orStoreError(() => repository.send(request))
  if (response instanceof StoreError) return undefined
  if (repository.isMissing(response)) return false
  return response.status === 200 ? true : undefined
}
