import { TargetError, type UnreadableCode, unreadableCode } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import { Authorizer } from '../auth/authorizer.ts'
import type { Credential } from '../auth/credentials.ts'
import { PlainHttpError } from '../connect/plain-http.ts'
import { Transport, type TransportOptions } from '../http/transport.ts'
import { RegistryClient } from './client.ts'
import { serverMessage } from './error-text.ts'
import type { PullLimit } from './pull-limit.ts'
import { isSuccess, type RegistryRequest, type RegistryResponse } from './registry-request.ts'

/** How to ask one registry. */
export interface HostOptions extends TransportOptions {
  readonly credential: Credential | undefined
  /** Further hosts that may get the credential, as `host` or `host:port`. */
  readonly tokenHosts: readonly string[]
  readonly requestsPerSecond?: number | undefined
  /** Called once, when the registry has said how many pulls it allows. */
  readonly onPullLimit?: ((limit: PullLimit) => void) | undefined
}

/** A client of one registry, and whether a registry answers there. Can be shared by several sources. */
export class ApiHost {
  readonly client: RegistryClient
  readonly #target: string
  #reached: Promise<void> | undefined

  /** @param target as the operator wrote it */
  constructor(target: string, options: HostOptions) {
    const base = new URL(target.endsWith('/') ? target : `${target}/`)
    const transport = new Transport(base, options)
    const { credential, tokenHosts } = options
    const authorizer = new Authorizer(transport, base, { credential, tokenHosts, now: () => performance.now() })
    this.client = new RegistryClient(base, transport, authorizer, options)
    this.#target = target
  }

  /**
   * Checks `/v2/`, once for all callers.
   *
   * @throws {TargetError} if no registry answers, or it denies access
   */
  reach(signal: AbortSignal): Promise<void> {
    this.#reached ??= requireRegistry(this.client, this.#target, signal)
    return this.#reached
  }

  /** Checks `/v2/` again. @throws {TargetError} as {@link reach} */
  reachAgain(signal: AbortSignal): Promise<void> {
    return requireRegistry(this.client, this.#target, signal)
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.client.close()
  }
}

async function requireRegistry(client: RegistryClient, target: string, signal: AbortSignal): Promise<void> {
  // Some token servers grant no token without a scope. The first request with a scope shows whether we have access.
  const request: RegistryRequest = { method: 'GET', path: 'v2/', scope: '', withoutToken: true }
  const response = await sendTo(target, client, request, signal)
  const { status, headers } = response
  if (status === 401 && client.usesTokenServer) return
  const message = serverMessage(response)
  if (status === 401 || status === 403)
    throw new TargetError(`${target} denied access: it answered ${status} to /v2/${message}; ${client.tried}`, {
      because: becauseOf(status),
    })
  if (status === 429 || status >= 500)
    throw new TargetError(`${target} is not available: it answered ${status} to /v2/${message}`, {
      because: becauseOf(status),
    })
  if (!isSuccess(status) || /^text\/html\b/.test(String(headers['content-type'])))
    throw new TargetError(
      `${target} does not look like a registry: /v2/ returned ${isSuccess(status) ? 'a web page' : status}${message}`,
      // Never `not_found`: every client requests /v2/ first, so this fails them all.
      { because: 'malformed' },
    )
}

async function sendTo(
  target: string,
  client: RegistryClient,
  request: RegistryRequest,
  signal: AbortSignal,
): Promise<RegistryResponse> {
  try {
    return await client.send(request, signal)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error instanceof PlainHttpError) throw new TargetError(error.message, { cause: error })
    throw new TargetError(`${target}${FAILED.get(error.code) ?? ''}: ${error.message}`, {
      cause: error,
      because: becauseOfFailure(error),
    })
  }
}

/** The reason for an error status, for the whole registry. */
export function becauseOf(status: number): UnreadableCode {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 405 || status === 501) return 'unsupported'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'server_error' : 'malformed'
}

/** The reason for a request without a response. `STORE_DENIED` comes from the token server or the credential helper. */
export function becauseOfFailure(error: StoreError): UnreadableCode {
  if (error.code === 'STORE_DENIED') return 'unauthorized'
  return error.code === 'STORE_READ_FAILED' ? 'connect' : unreadableCode(error)
}

/** Added where the error message alone does not say what failed. */
const FAILED: ReadonlyMap<string, string> = new Map([
  ['STORE_UNREACHABLE', ' cannot be reached'],
  ['STORE_TLS', ' cannot be trusted (TLS)'],
])
