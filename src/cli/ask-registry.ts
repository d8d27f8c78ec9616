import { type Source, TargetError } from '../check/source.ts'
import { type Credential, CredentialError, credentialFor } from '../sources/api/credentials.ts'
import { type ApiOptions, apiSource } from '../sources/api/source.ts'
import type { ApiRequest } from './api-request.ts'

/** @throws {TargetError} where its credential cannot be read */
export function askRegistry(
  url: string,
  api: ApiRequest,
  about: Pick<ApiOptions, 'registry' | 'env' | 'fetchesWhenAsked' | 'only'>,
): Source {
  return apiSource(url, { ...api, ...about, credential: credential(url, api, about.env) })
}

function credential(url: string, { tokenFile }: ApiRequest, env: ApiOptions['env']): Credential | undefined {
  if (tokenFile !== undefined) return { is: 'token-file', from: tokenFile }
  try {
    return credentialFor(new URL(url).host, env)
  } catch (error) {
    if (error instanceof CredentialError) throw new TargetError(error.message, { cause: error })
    throw error
  }
}
