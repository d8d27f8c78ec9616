import { mkdirSync } from 'node:fs'
import type { ClaimingSource } from '../check/against.ts'
import { TargetError } from '../check/source.ts'
import { harmless } from '../report/escape.ts'
import { type Credential, credentialFor } from '../sources/api/credentials.ts'
import { CredentialError } from '../sources/api/docker-config.ts'
import { ApiHost } from '../sources/api/host.ts'
import { ManifestCache } from '../sources/api/manifest-cache.ts'
import { type ApiOptions, apiSource } from '../sources/api/source.ts'
import type { ApiRequest } from './api-request.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

/**
 * What several questions to one host share. Whoever makes it closes it.
 *
 * @throws {TargetError} where its credential cannot be read
 */
export function hostOf(url: string, api: ApiRequest, about: Pick<ApiOptions, 'env' | 'userAgent'>): ApiHost {
  return new ApiHost(url, { ...api, ...about, credential: credential(url, api, about.env) })
}

/** @throws {TargetError} where its credential cannot be read */
export function askRegistry(
  url: string,
  api: ApiRequest,
  about: Pick<
    ApiOptions,
    'registry' | 'env' | 'fetchesWhenAsked' | 'only' | 'manifestCache' | 'userAgent' | 'traffic' | 'host'
  >,
): ClaimingSource {
  return apiSource(url, { ...api, ...about, credential: credential(url, api, about.env) })
}

function credential(
  url: string,
  { tokenFile, credentialHelpers }: ApiRequest,
  env: ApiOptions['env'],
): Credential | undefined {
  if (tokenFile !== undefined) return { is: 'token-file', from: tokenFile }
  try {
    const { host, port, protocol } = new URL(url)
    const known = credentialFor(host, env, credentialHelpers)
    // A URL never shows the port that goes without saying; a docker config keeps it where `docker login` was given it.
    if (known !== undefined || protocol !== 'https:' || port !== '') return known
    return credentialFor(`${host}:443`, env, credentialHelpers)
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
    mkdirSync(manifestCacheIn, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new UsageError([
      `--manifest-cache: cannot use ${manifestCacheIn}: ${error instanceof Error ? error.message : ''}`,
    ])
  }
  return new ManifestCache(manifestCacheIn, (problem) => {
    io.stderr.write(`regfsck: --manifest-cache: ${harmless(problem)}; the scan goes on without it\n`)
  })
}

/** Who we are, for whoever reads the log of a server. */
export function userAgentOf(version: string): string {
  return `regfsck/${version}`
}
