import { TargetError, type UnreadableCode, unreadableCode } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import { Tokens } from '../auth/authorizer.ts'
import type { Credential } from '../auth/credentials.ts'
import { SpeaksPlainHttp, Wire, type WireOptions } from '../http/transport.ts'
import { isSuccess, type Question, RegistryClient } from './client.ts'
import { serverWords } from './error-text.ts'

export interface HostOptions extends WireOptions {
  readonly credential: Credential | undefined
  readonly tokenHosts: readonly string[]
  readonly requestsPerSecond?: number | undefined
}

/** What all that is asked of one registry has in common: its connections, its gate, its tokens, and that it is one. */
export class ApiHost {
  readonly client: RegistryClient
  readonly #target: string
  #reached: Promise<void> | undefined

  /** @param target as the operator wrote it */
  constructor(target: string, options: HostOptions) {
    const base = new URL(target.endsWith('/') ? target : `${target}/`)
    const wire = new Wire(base, options)
    const { credential, tokenHosts } = options
    const tokens = new Tokens(wire, base, { credential, tokenHosts, now: () => performance.now() })
    this.client = new RegistryClient(base, wire, tokens, options)
    this.#target = target
  }

  /**
   * Asked once, whoever wants to know.
   *
   * @throws {TargetError} where no registry answers, or it does not let us in
   */
  reach(signal: AbortSignal): Promise<void> {
    this.#reached ??= requireRegistry(this.client, this.#target, signal)
    return this.#reached
  }

  /** Asked anew. @throws {TargetError} as {@link reach} */
  reachAgain(signal: AbortSignal): Promise<void> {
    return requireRegistry(this.client, this.#target, signal)
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

async function requireRegistry(client: RegistryClient, target: string, signal: AbortSignal): Promise<void> {
  // Some token servers sell nothing to those who ask for no scope: whether we are let in, the first real question tells.
  const question: Question = { method: 'GET', path: 'v2/', scope: '', buysNoToken: true }
  const answer = await asked(client, question, target, signal)
  const { status, headers } = answer
  if (status === 401 && client.wantsTokens) return
  const words = serverWords(answer)
  if (status === 401 || status === 403)
    throw new TargetError(`${target} denied access: it answered ${status} to /v2/${words}; ${client.tried}`, {
      because: becauseOf(status),
    })
  if (status === 429 || status >= 500)
    throw new TargetError(`${target} is not available: it answered ${status} to /v2/${words}`, {
      because: becauseOf(status),
    })
  if (!isSuccess(status) || /^text\/html\b/.test(String(headers['content-type'])))
    throw new TargetError(
      `${target} does not look like a registry: /v2/ returned ${isSuccess(status) ? 'a web page' : status}${words}`,
      // Every client asks this first: whatever answers here in place of a registry fails them too.
      { because: 'malformed' },
    )
}

async function asked(
  client: RegistryClient,
  question: Question,
  target: string,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<RegistryClient['ask']>>> {
  try {
    return await client.ask(question, signal)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error instanceof SpeaksPlainHttp) throw new TargetError(error.message, { cause: error })
    throw new TargetError(`${target}${SAID.get(error.code) ?? ''}: ${error.message}`, {
      cause: error,
      because: becauseOfFailure(error),
    })
  }
}

/** What an answer that is none says about the registry as a whole. */
export function becauseOf(status: number): UnreadableCode {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 405 || status === 501) return 'unsupported'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'server_error' : 'malformed'
}

/** Whoever refuses before there is an answer refuses the credential; a connection that breaks off is one that fails. */
export function becauseOfFailure(error: StoreError): UnreadableCode {
  if (error.code === 'STORE_DENIED') return 'unauthorized'
  return error.code === 'STORE_READ_FAILED' ? 'connect' : unreadableCode(error)
}

/** Where the message alone does not say what went wrong. */
const SAID: ReadonlyMap<string, string> = new Map([
  ['STORE_UNREACHABLE', ' cannot be reached'],
  ['STORE_TLS', ' cannot be trusted (TLS)'],
])
