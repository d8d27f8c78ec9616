import type { ClaimingSource } from '../../check/scan/against.ts'
import { TargetError } from '../../check/source.ts'
import { harmless } from '../../report/escape.ts'
import { type Credential, credentialFor } from '../../sources/api/auth/credentials.ts'
import { CredentialError } from '../../sources/api/auth/docker-config.ts'
import { ApiHost } from '../../sources/api/client/host.ts'
import { type ApiOptions, ApiSource } from '../../sources/api/source.ts'
import { ManifestCache } from '../../sources/api/store/manifest-cache.ts'
import { makeDirectory } from '../files/make-directory.ts'
import type { ApiRequest } from '../options/api-request.ts'
import { UsageError } from '../options/usage-error.ts'
import type { Io } from '../process/io.ts'

/** What several questions to one host share. Whoever makes it closes it. */
export function hostOf(
  url: string,
  api: ApiRequest,
  about: Pick<ApiOptions, 'env' | 'userAgent'>,
  known: Credential | undefined,
): ApiHost {
  return new ApiHost(url, { ...api, ...about, credential: known })
}

/** @throws {TargetError} where its credential cannot be read */
export function askRegistry(
  url: string,
  api: ApiRequest & Pick<ApiOptions, 'repositories' | 'listsCatalog'>,
  about: Pick<
    ApiOptions,
    'registry' | 'env' | 'fetching' | 'only' | 'manifestCache' | 'userAgent' | 'traffic' | 'host'
  >,
): ClaimingSource {
  const named = api.listsCatalog === true ? undefined : api.repositories
  const repositories = about.only === undefined ? named : [about.only.repository]
  return new ApiSource(url, { ...api, ...about, credential: credentialOf(url, repositories, api, about.env) })
}

/**
 * @param repositories all that will be asked for; `undefined` where that is not known
 * @throws {TargetError} where the credential cannot be read
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
    // A URL never shows the port that goes without saying; a docker config keeps it where `docker login` was given it.
    const names = protocol === 'https:' && port === '' ? [host, `${host}:443`] : [host]
    const find = (repository?: string): Credential | undefined => {
      for (const name of names) {
        const known = credentialFor({ host: name, repository }, env, credentialHelpers)
        if (known !== undefined) return known
      }
      return undefined
    }
    // Of several repositories, one that is for all of them; each of their own may be of another user.
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
 * The manifests of earlier runs, shared by all that is asked in this one. Makes its directory, readable for its owner only.
 *
 * @throws {UsageError} where it cannot
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

/** Where a credential comes from; two that come from one place are the same. */
export function placeOf(known: Credential | undefined): string {
  if (known === undefined) return ''
  if (known.is === 'withheld') return known.why
  return known.is === 'helper' ? `${known.from} ${placeOf(known.otherwise)}` : known.from
}

/** Who we are, for whoever reads the log of a server. */
export function userAgentOf(version: string): string {
  return `regfsck/${version}`
}
