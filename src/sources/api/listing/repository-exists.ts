import { StoreError } from '../../../check/store-error.ts'
import type { RegistryClient } from '../client/client.ts'
import { isMissing } from '../client/refusal.ts'
import { answering } from '../store/answer-all.ts'

/**
 * Whether there is such a repository, as far as its list of tags tells: one that has lost its last tag has none either.
 *
 * @returns `undefined` where the registry does not tell
 */
export async function repositoryExists(
  client: RegistryClient,
  repository: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const question = {
    method: 'GET',
    path: `v2/${repository}/tags/list?n=1`,
    scope: `repository:${repository}:pull`,
  } as const
  const answer = await answering(() => client.ask(question, signal))
  if (answer instanceof StoreError) return undefined
  if (isMissing(answer, client.url(''))) return false
  return answer.status === 200 ? true : undefined
}
