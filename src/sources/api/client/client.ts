import pLimit from 'p-limit'
import { StoreError } from '../../../check/store-error.ts'
import type { Authorizer } from '../auth/authorizer.ts'
import { withoutQuery } from '../connect/without-query.ts'
import { backoff, MAX_REST, MAX_WAIT, pause, retryAfter, timeOfDay } from '../http/backoff.ts'
import type { Traffic } from '../http/traffic.ts'
import type { Transport } from '../http/transport.ts'
import { AuthorizedTransport } from './authorized-transport.ts'
import { isCountedPull, PullAllowance, type PullLimit } from './pull-limit.ts'
import { RateLimiter } from './rate-limiter.ts'
import { isSuccess, type RegistryRequest, type RegistryResponse } from './registry-request.ts'
import { maxThrottledTries, maxTries, mayRetryAfter } from './retry-policy.ts'

/** Sends requests to one registry: limits their number and rate, and retries transient failures. */
export class RegistryClient {
  readonly #base: URL
  readonly #transport: Transport
  readonly #authorized: AuthorizedTransport
  readonly #authorizer: Authorizer
  readonly #gate: ReturnType<typeof pLimit>
  /** By `performance.now()`: nothing is sent before, because the server asked every client of ours to wait. */
  #notBefore = 0
  readonly #rate: RateLimiter
  readonly #traffic: Traffic | undefined
  readonly #pulls: PullAllowance

  /** @param base with a slash at its end */
  constructor(
    base: URL,
    transport: Transport,
    authorizer: Authorizer,
    limits: {
      readonly connections: number
      readonly requestsPerSecond?: number | undefined
      readonly traffic?: Traffic | undefined
      readonly onPullLimit?: ((limit: PullLimit) => void) | undefined
    },
  ) {
    this.#base = base
    this.#transport = transport
    this.#authorized = new AuthorizedTransport(base, transport, authorizer)
    this.#authorizer = authorizer
    this.#gate = pLimit(limits.connections)
    this.#traffic = limits.traffic
    this.#rate = new RateLimiter(limits.requestsPerSecond)
    this.#pulls = new PullAllowance(base.href, limits.onPullLimit)
  }

  /** Whether the registry has asked for tokens of a token server. */
  get usesTokenServer(): boolean {
    return this.#authorizer.usesTokenServer
  }

  /** How many pulls the registry still allows; `undefined` if it does not say. */
  get pullLimit(): PullLimit | undefined {
    return this.#pulls.limit
  }

  /** Which credential was tried, for an error message; never its value. */
  get tried(): string {
    return this.#authorizer.tried
  }

  /** @param path below the registry's base URL: `v2/…` */
  url(path: string): URL {
    return new URL(path, this.#base)
  }

  /** @returns a response of any status @throws {StoreError} if there is none */
  send(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    return this.#gate(() => this.#sendWithRetries(request, signal))
  }

  async #sendWithRetries(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    let tries = 1
    let succeeded = this.#rate.succeeded
    for (let all = 1; ; tries++, all++) {
      if (all > 1) this.#traffic?.retried()
      const startedAt = performance.now()
      await this.#waitForTurn(signal)
      try {
        const response = await this.#sendAllowed(request, signal)
        if (maxTries(response.status) === 1) {
          this.#rate.answered()
          return response
        }
        const throttledTries = this.#slowDown(response, request, startedAt)
        // If the server answers other requests meanwhile, it only needs a lower rate.
        if (all < throttledTries && this.#rate.succeeded > succeeded) tries = 1
        if (throttledTries > 0) succeeded = this.#rate.succeeded
        if (!(await this.#waitToRetry(response, tries, signal))) return response
      } catch (error) {
        if (signal.aborted || !mayRetryAfter(error, tries)) throw error
        await pause(backoff(tries), signal)
      }
    }
  }

  async #sendAllowed(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    const done = isCountedPull(request) ? await this.#pulls.take() : undefined
    try {
      const response = await this.#sendOnce(request, signal)
      if (this.#isFromRegistry(response)) this.#pulls.observe(response.headers)
      return response
    } finally {
      done?.()
    }
  }

  async #sendOnce(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    const response = await this.#authorized.send(request, signal)
    const isCut = response.end === 'cut' && isSuccess(response.status)
    if (isCut && request.sink !== undefined && request.acceptsPartialBody !== true)
      throw new StoreError('closed the connection early', {
        code: 'STORE_UNREACHABLE',
        place: withoutQuery(response.url),
      })
    return response
  }

  /** @returns tries in all if the registry limits the rate; otherwise 0 */
  #slowDown(response: RegistryResponse, request: RegistryRequest, startedAt: number): number {
    const tries = this.#isFromRegistry(response) ? maxThrottledTries(response.status) : 0
    if (tries > 0) this.#rate.refused(response.status, request, startedAt, performance.now())
    return tries
  }

  #isFromRegistry({ url }: RegistryResponse): boolean {
    return url.origin === this.#base.origin
  }

  async #waitForTurn(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    if (this.#notBefore > now + MAX_WAIT)
      throw new StoreError(`asked clients to wait until ${timeOfDay(this.#notBefore - now)}`, {
        code: 'STORE_THROTTLED',
        place: this.#base.href,
      })
    const at = this.#rate.take(Math.max(now, this.#notBefore))
    if (at > now) await pause(at - now, signal)
  }

  /** Waits as long as the response asks for. @returns whether to try again */
  async #waitToRetry(response: RegistryResponse, tries: number, signal: AbortSignal): Promise<boolean> {
    const { status, headers } = response
    const requested = retryAfter(headers['retry-after']) ?? 0
    const isOwn = this.#isFromRegistry(response)
    // The registry's wait holds for all requests; after a 429 even if it is longer than we wait for.
    if (isOwn && (requested <= MAX_WAIT || status === 429))
      this.#notBefore = Math.max(this.#notBefore, performance.now() + Math.min(requested, MAX_REST))
    // A limit of pulls is over in hours, not in seconds.
    if (status === 429 && isOwn && this.#pulls.isExhausted) return false
    if (tries >= maxTries(status) || requested > MAX_WAIT) return false
    // With jitter, and never at once: servers send "Retry-After: 0".
    await pause(backoff(requested === 0 ? tries : 1) + (isOwn ? 0 : requested), signal)
    return true
  }

  /** Closes all connections. */
  close(): Promise<void> {
    return this.#transport.close()
  }
}
