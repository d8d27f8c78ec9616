import type { ClaimingSource } from '../check/against.ts'
import { TargetError } from '../check/source.ts'
import { harmless } from '../report/escape.ts'
import { type Credential, credentialFor } from '../sources/api/credentials.ts'
import { CredentialError } from '../sources/api/docker-config.ts'
import { ManifestCache } from '../sources/api/manifest-cache.ts'
import { type ApiOptions, apiSource } from '../sources/api/source.ts'
import type { ApiRequest } from './api-request.ts'
import type { Io } from './io.ts'

/** @throws {TargetError} where its credential cannot be read */
export function askRegistry(
  url: string,
  api: ApiRequest,
  about: Pick<ApiOptions, 'registry' | 'env' | 'fetchesWhenAsked' | 'only' | 'manifestCache' | 'userAgent' | 'traffic'>,
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
    return credentialFor(new URL(url).host, env, credentialHelpers)
  } catch (error) {
    if (error instanceof CredentialError)
      throw new TargetError(error.message, { cause: error, because: 'unauthorized' })
    throw error
  }
}

/** The manifests of earlier runs, shared by all that is asked in this one. */
export function manifestCacheOf({ manifestCacheIn }: ApiRequest, io: Io): ManifestCache | undefined {
  if (manifestCacheIn === undefined) return undefined
  return new ManifestCache(manifestCacheIn, (problem) => {
    io.stderr.write(`regfsck: --manifest-cache: ${harmless(problem)}; the scan goes on without it\n`)
  })
}

/** Who we are, for whoever reads the log of a server. */
export function userAgentOf(version: string): string {
  return `regfsck/${version}`
}
