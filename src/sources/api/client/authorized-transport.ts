import { StoreError } from '../../../check/store-error.ts'
import type { Authorizer } from '../auth/authorizer.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import { isEncoded } from '../http/content-encoding.ts'
import type { Transport } from '../http/transport.ts'
import { withoutEcho } from './echoed-secret.ts'
import { isRedirect, redirectTarget } from './redirect-policy.ts'
import { isSuccess, type RegistryRequest, type RegistryResponse } from './registry-request.ts'

/** Times that one request is sent again after a 401: once with credentials, once with a new token. */
const AUTH_RETRIES = 2
/** Bytes; registries send a few hundred. */
const ERROR_BODY_LIMIT = 64 * 1024

/** Sends a request with the credentials that the registry wants, and follows redirects. */
export class AuthorizedTransport {
  readonly #base: URL
  readonly #transport: Transport
  readonly #authorizer: Authorizer

  constructor(base: URL, transport: Transport, authorizer: Authorizer) {
    this.#base = base
    this.#transport = transport
    this.#authorizer = authorizer
  }

  /** @throws {StoreError} if there is no response, or no token */
  async send(request: RegistryRequest, signal: AbortSignal): Promise<RegistryResponse> {
    let denial: StoreError | undefined
    for (let retries = 0; ; retries++) {
      const header = await this.#authorization(request, signal)
      if (header instanceof StoreError) {
        if (retries > 0) throw denial ?? header
        // The token server refused the usual scope; the registry's challenge may name another one.
        denial = header
      }
      const sent = header instanceof StoreError ? undefined : header
      const response = await this.#followRedirects(request, sent, signal)
      // Hosts that the registry redirects to never get its credentials.
      if (response.status !== 401 || response.url.origin !== this.#base.origin) return response
      const mayRetry = retries < AUTH_RETRIES && this.#authorizer.learn(response, request.scope, sent)
      if (denial !== undefined && !this.#authorizer.wantsOtherThan(request.scope)) throw denial
      if (!mayRetry || this.#skipsToken(request)) return response
    }
  }

  /** @returns the error if the token server denied a token */
  async #authorization(request: RegistryRequest, signal: AbortSignal): Promise<string | StoreError | undefined> {
    if (this.#skipsToken(request)) return undefined
    try {
      return await this.#authorizer.header(request.scope, signal)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_DENIED') return error
      throw error
    }
  }

  #skipsToken({ withoutToken }: RegistryRequest): boolean {
    return withoutToken === true && this.#authorizer.usesTokenServer
  }

  async #followRedirects(
    request: RegistryRequest,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<RegistryResponse> {
    const mayLeave = request.mayRedirectElsewhere === true
    let url = new URL(request.path, this.#base)
    let credentials = authorization === undefined ? {} : { authorization }
    for (let redirects = 0; ; redirects++) {
      const { response, errorBody } = await this.#sendTo(url, request, credentials, signal)
      const location = response.headers['location']
      if (!isRedirect(response.status) || typeof location !== 'string')
        return { ...response, url, errorBody: withoutEcho(errorBody, authorization) }
      url = redirectTarget(url, location, { registry: this.#base, mayLeave, redirects })
      // Not sent again even if another host redirects back to the registry.
      if (url.origin !== this.#base.origin) credentials = {}
    }
  }

  async #sendTo(
    url: URL,
    { method, headers, sink, hasLongBody }: RegistryRequest,
    credentials: { readonly authorization?: string },
    signal: AbortSignal,
  ) {
    const errors = new BodyBuffer(ERROR_BODY_LIMIT)
    const response = await this.#transport.send(
      {
        method,
        url,
        headers: { ...headers, ...credentials },
        sink: (head) => (isSuccess(head.status) ? sink?.(head) : isEncoded(head.headers) ? undefined : errors.open()),
        hasLongBody,
      },
      signal,
    )
    return { response, errorBody: errors.bytes }
  }
}
