import type { ClaimingSource } from '../../check/against/against.ts'
import { TargetError } from '../../check/source.ts'
import { harmless } from '../../report/escape.ts'
import { type Credential, credentialFor } from '../../sources/api/auth/credentials.ts'
import { CredentialError } from '../../sources/api/auth/docker-config.ts'
import { type ApiOptions, ApiSource } from '../../sources/api/source.ts'
import { ManifestCache } from '../../sources/api/store/manifest-cache.ts'
import { makeDirectory } from '../files/make-directory.ts'
import type { ApiRequest } from '../options/api-request.ts'
import { UsageError } from '../options/usage-error.ts'
import type { Io } from '../process/io.ts'

/** A client for one registry. @throws {TargetError} if its credential cannot be read */
export function askRegistry(
  url: string,
  api: ApiRequest & Pick<ApiOptions, 'repositories' | 'listsCatalog'>,
  about: Pick<
    ApiOptions,
    'registry' | 'env' | 'fetching' | 'only' | 'places' | 'manifestCache' | 'userAgent' | 'traffic' | 'host' | 'onPull'
  >,
): ClaimingSource {
  const named = api.listsCatalog === true ? undefined : api.repositories
  const repositories = about.only === undefined ? named : [about.only.repository]
  return new ApiSource(url, { ...api, ...about, credential: credentialOf(url, repositories, api, about.env) })
}

/**
 * Finds the credential for a registry.
 *
 * @param repositories all that will be requested; `undefined` if that is not known
 * @throws {TargetError} if the credential cannot be read
 */
export function credentialOf(
  url: string,
  repositories: readonly string[] | undefined,
  { tokenFile, credentialHelpers }: ApiRequest,
  env: ApiOptions['env'],
): Credential | undefined {
  if (tokenFile !== undefined) return { is: 'token-file', from: tokenFile }
  try {
    const { host, port, protocol } = new URL(url)
    // A URL drops the default port; a docker config keeps it if `docker login` was called with it.
    const names = protocol === 'https:' && port === '' ? [host, `${host}:443`] : [host]
    const find = (repository?: string): Credential | undefined => {
      for (const name of names) {
        const known = credentialFor({ host: name, repository }, env, credentialHelpers)
        if (known !== undefined) return known
      }
      return undefined
    }
    // For several repositories only a credential that they share is used: separate ones may be of different users.
    const [first, ...others] = (repositories ?? []).map(find)
    const isForAll = first !== undefined && others.every((other) => placeOf(other) === placeOf(first))
    return isForAll ? first : find()
  } catch (error) {
    if (error instanceof CredentialError)
      throw new TargetError(error.message, { cause: error, because: 'unauthorized' })
    throw error
  }
}

/**
 * Opens the cache of manifests from earlier runs, shared by all requests. Creates its directory, readable for the owner only.
 *
 * @throws {UsageError} if it cannot be created
 */
export function manifestCacheOf({ manifestCacheIn }: ApiRequest, io: Io): ManifestCache | undefined {
  if (manifestCacheIn === undefined) return undefined
  try {
    makeDirectory(manifestCacheIn)
  } catch (error) {
    throw new UsageError([
      `--manifest-cache: cannot use ${manifestCacheIn}: ${error instanceof Error ? error.message : ''}`,
    ])
  }
  return new ManifestCache(manifestCacheIn, (problem) => {
    io.stderr.write(`regfsck: --manifest-cache: ${harmless(problem)}; the scan continues without it\n`)
  })
}

/** The origin of a credential. Two with the same origin are the same. */
export function placeOf(known: Credential | undefined): string {
  if (known === undefined) return ''
  if (known.is === 'withheld') return known.why
  return known.is === 'helper' ? `${known.from} ${placeOf(known.otherwise)}` : known.from
}

/** The User-Agent, for the logs of servers. */
export function userAgentOf(version: string): string {
  return `regfsck/${version}`
}
