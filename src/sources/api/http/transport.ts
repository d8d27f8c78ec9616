import { StoreError } from '../../../check/store-error.ts'
import { type ConnectionOptions, type HostConnection, openHostConnection } from '../connect/host-connection.ts'
import { PlainHttpError, probeTls } from '../connect/plain-http.ts'
import { isNotTls } from '../connect/tls-errors.ts'
import { withoutQuery } from '../connect/without-query.ts'
import { sinkForPlainBody } from './content-encoding.ts'
import { asError, Exchange } from './exchange.ts'
import type { HttpRequest, HttpResponse } from './http-request.ts'
import { errorCodeOf, toStoreError } from './network-errors.ts'
import type { Traffic } from './traffic.ts'

/** How to send requests. */
export interface TransportOptions extends ConnectionOptions {
  /** The `User-Agent` header: `regfsck/0.1.0`. */
  readonly userAgent?: string | undefined
  readonly traffic?: Traffic | undefined
  /** Headers of every request to the registry's own host, and to no other. They may be secret. */
  readonly headers?: Readonly<Record<string, string | string[]>> | undefined
}

/** Sends HTTP requests over a connection pool for each host. */
export class Transport {
  readonly #options: TransportOptions
  readonly #registryOrigin: string
  readonly #connections = new Map<string, Promise<HostConnection>>()
  readonly #exchanges = new WeakMap<AbortSignal, Set<Exchange>>()

  /** @param registry the only host that gets the client certificate */
  constructor(registry: URL, options: TransportOptions) {
    this.#registryOrigin = registry.origin
    this.#options = options
  }

  /** @throws {StoreError} if there is no response. A response whose body is cut is one: see `HttpResponse.end` */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const connection = await this.#connectionTo(request.url)
    const { breaker } = connection
    const { traffic } = this.#options
    const sentAt = breaker.check(request.url)
    try {
      signal.throwIfAborted()
      const response = await this.#exchange(request, connection, signal)
      breaker.onResponse(response.status, sentAt)
      traffic?.answered(response.status, performance.now() - sentAt)
      return response
    } catch (error) {
      if (!signal.aborted) traffic?.answered(undefined, performance.now() - sentAt)
      const failure = await toFailure(error, request.url, connection, signal)
      if (!signal.aborted) breaker.onError(failure, sentAt)
      throw failure
    }
  }

  #exchange(request: HttpRequest, connection: HostConnection, signal: AbortSignal): Promise<HttpResponse> {
    const exchanges = this.#exchangesOf(signal)
    return new Promise((resolve, reject) => {
      const exchange = new Exchange({ ...request, sink: sinkForPlainBody(request) }, this.#options.timeout, {
        resolve: (response) => {
          exchanges.delete(exchange)
          resolve(response)
        },
        reject: (reason) => {
          exchanges.delete(exchange)
          reject(asError(reason))
        },
      })
      exchanges.add(exchange)
      try {
        connection.agent.dispatch(this.#dispatchOptions(request, connection), exchange)
      } catch (error) {
        exchange.abort(asError(error))
      }
    })
  }

  #dispatchOptions({ method, url, headers, body }: HttpRequest, connection: HostConnection) {
    return {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        'user-agent': this.#options.userAgent ?? 'regfsck',
        'accept-encoding': 'identity',
        ...(url.origin === this.#registryOrigin ? this.#options.headers : {}),
        ...headers,
      },
      body: body ?? null,
      // By default undici closes the connection after each HEAD, because some servers send a body anyway.
      reset: method === 'HEAD' && connection.sendsBodiesToHead,
    }
  }

  /** The exchanges that end with a signal. One listener for all of them, because a scan starts thousands with one signal. */
  #exchangesOf(signal: AbortSignal): Set<Exchange> {
    const known = this.#exchanges.get(signal)
    if (known !== undefined) return known
    const exchanges = new Set<Exchange>()
    this.#exchanges.set(signal, exchanges)
    const abortAll = (): void => {
      for (const exchange of [...exchanges]) exchange.abort(asError(signal.reason))
    }
    signal.addEventListener('abort', abortAll, { once: true })
    return exchanges
  }

  /** One per origin, so that no host gets the TLS settings of another. */
  #connectionTo(url: URL): Promise<HostConnection> {
    const known = this.#connections.get(url.origin)
    if (known !== undefined) return known
    const connection = openHostConnection(url, url.origin === this.#registryOrigin, this.#options)
    this.#connections.set(url.origin, connection)
    return connection
  }

  /** Closes all connections; requests in progress fail. */
  async close(): Promise<void> {
    const connections = await Promise.allSettled(this.#connections.values())
    await Promise.all(connections.flatMap((one) => (one.status === 'fulfilled' ? [one.value.agent.destroy()] : [])))
  }
}

async function toFailure(
  error: unknown,
  url: URL,
  connection: HostConnection,
  signal: AbortSignal,
): Promise<StoreError> {
  const { proxy, alerts } = connection
  // Behind a proxy, a probe would not reach the host.
  if (proxy === undefined && failedAtTls(error, url) && (await probeTls(url, signal)) === 'plain-http')
    return new PlainHttpError(url, error)
  return (
    strayBodyError(error, url, connection) ??
    toStoreError(signal.aborted ? signal.reason : error, url, { proxy, alert: alerts.last })
  )
}

function failedAtTls(error: unknown, url: URL): boolean {
  return error instanceof Error && url.protocol === 'https:' && isNotTls(errorCodeOf(error), error.message)
}

/**
 * A response that cannot be parsed may start with the body of the HEAD before it. The first time, the error is one that is
 * retried, and from then on no connection is reused after a HEAD.
 */
function strayBodyError(error: unknown, url: URL, connection: HostConnection): StoreError | undefined {
  if (connection.sendsBodiesToHead || !errorCodeOf(error).startsWith('HPE_')) return undefined
  connection.sendsBodiesToHead = true
  return new StoreError('sent an invalid answer', { code: 'STORE_UNREACHABLE', place: withoutQuery(url), cause: error })
}
