import type { UncheckedRecord } from '../../../check/records.ts'
import { TargetError } from '../../../check/source.ts'
import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { isRepositoryName } from '../../../oci/names.ts'
import type { RegistryClient } from '../client/client.ts'
import { becauseOf, becauseOfFailure } from '../client/host.ts'
import { refusal } from '../client/refusal.ts'
import type { RegistryRequest } from '../client/registry-request.ts'
import { describeInvalidNames } from './invalid-names.ts'
import { type ListedNames, listNames } from './pages.ts'

const NAME_THEM = 'it does not list its repositories; name them with --repositories or --repositories-from'

const CATALOG: RegistryRequest = {
  method: 'GET',
  path: 'v2/_catalog',
  scope: 'registry:catalog:*',
  mayRedirectElsewhere: true,
}

/**
 * The repositories that a registry lists, and records of what it could not list.
 *
 * @throws {TargetError} if it lists none because it has no catalog, or denies access to it
 */
export async function* catalogOf(
  client: RegistryClient,
  signal: AbortSignal,
): AsyncGenerator<string | UncheckedRecord> {
  const { names, odd, incomplete } = await listCatalog(client, signal)
  const place = client.url(CATALOG.path).href
  const unlisted = (detail: string, because: StoreErrorCode = 'STORE_MALFORMED'): UncheckedRecord => {
    return { repository: undefined, because, path: place, detail }
  }
  for (const name of names) if (isRepositoryName(name)) yield name
  // Requests for an invalid name could go to another path; no client can pull from it either.
  const invalid = names.filter((name) => !isRepositoryName(name)).map((name) => JSON.stringify(name))
  for (const detail of describeInvalidNames([...invalid, ...odd], 'a repository')) yield unlisted(detail)
  if (incomplete !== undefined) yield unlisted(incomplete.message, incomplete.code)
  // Quay and Azure answer with an empty list if access is denied. It must not count as a clean registry.
  if (names.length === 0)
    yield unlisted('lists no repositories: it is empty, or hides them; name them with --repositories')
}

async function listCatalog(client: RegistryClient, signal: AbortSignal): Promise<ListedNames> {
  try {
    const listed = await listNames(client, CATALOG, { field: 'repositories', signal })
    const { response } = listed
    if (response.status === 200) return listed
    const place = client.url(CATALOG.path).href
    throw new TargetError(`${place} ${refusal(response, place, client.tried).message}: ${NAME_THEM}`, {
      because: becauseOf(response.status),
    })
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const advice = error.code === 'STORE_DENIED' ? `: ${NAME_THEM}` : ''
    throw new TargetError(`${error.place} ${error.message}${advice}`, {
      cause: error,
      because: becauseOfFailure(error),
    })
  }
}

/** What the catalog lists besides the named repositories. Without a catalog, a record instead of an error. */
export async function* othersIn(
  catalog: AsyncGenerator<string | UncheckedRecord>,
  named: ReadonlySet<string>,
): AsyncGenerator<string | UncheckedRecord> {
  try {
    for await (const entry of catalog) if (typeof entry !== 'string' || !named.has(entry)) yield entry
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    const { code = 'STORE_READ_FAILED', place } = error.cause instanceof StoreError ? error.cause : {}
    yield { repository: undefined, because: code, path: place ?? '', detail: error.message }
  }
}
