import { rootCertificates } from 'node:tls'
import { EnvHttpProxyAgent } from 'undici'
import { StoreError, type StoreErrorCode } from '../../check/store-error.ts'

/** How to reach hosts. */
export interface WireOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds for a connection, for headers, and between two pieces of a body. */
  readonly timeout: number
  readonly connections: number
  /** PEM of further authorities to trust. */
  readonly ca?: string | undefined
  /** Certificate and key of the client, PEM. Shown to the registry's own host only. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined
  /** Hosts whose certificate is not looked at, as `host` or `host:port`. */
  readonly insecureHosts?: readonly string[] | undefined
}

/** One request, one answer: no retry, no redirect, no credentials of its own. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Makes, for a body that is wanted, whoever takes its pieces; it answers whether to go on. */
  readonly open: (answer: Head) => Take | undefined
}

export type Take = (piece: Uint8Array) => boolean

export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Answered extends Head {
  /** `cut`: the connection ended before the body did. */
  readonly end: 'whole' | 'enough' | 'cut'
}

/** The connections to the hosts of one registry. */
export class Wire {
  readonly #options: WireOptions
  readonly #origin: string
  readonly #agents = new Map<string, EnvHttpProxyAgent>()

  /** @param registry whose host is shown the client's certificate */
  constructor(registry: URL, options: WireOptions) {
    this.#origin = registry.origin
    this.#options = options
  }

  /** @throws {StoreError} where there is no answer; a body that ends early is one */
  async send(call: Call, signal: AbortSignal): Promise<Answered> {
    const { method, url, headers, body } = call
    const total = new AbortController()
    const stop = (): void => {
      total.abort(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    const deadline = setTimeout(() => {
      total.abort(new DOMException('no answer in time', 'TimeoutError'))
    }, this.#options.timeout)
    try {
      signal.throwIfAborted()
      const response = await this.#agentFor(url).request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        body: body ?? null,
        signal: total.signal,
      })
      const head = { status: response.statusCode, headers: response.headers }
      const take = method === 'HEAD' ? undefined : call.open(head)
      let end: Answered['end'] = 'whole'
      try {
        if (take === undefined) await response.body.dump({ limit: 64 * 1024 })
        else
          for await (const piece of response.body as AsyncIterable<Uint8Array>) {
            deadline.refresh()
            if (take(piece)) continue
            end = 'enough'
            break
          }
      } catch (error) {
        if (signal.aborted || !isCut(error)) throw error
        end = 'cut'
      }
      return { ...head, end }
    } catch (error) {
      throw storeErrorOf(signal.aborted ? signal.reason : error, url)
    } finally {
      clearTimeout(deadline)
      signal.removeEventListener('abort', stop)
    }
  }

  /** What is trusted of one host, and shown to it, has nothing to do with any other. */
  #agentFor({ origin, host, hostname }: URL): EnvHttpProxyAgent {
    const known = this.#agents.get(origin)
    if (known !== undefined) return known
    const { env, timeout, connections, ca, client, insecureHosts = [] } = this.#options
    const insecure = insecureHosts.includes(host) || insecureHosts.includes(hostname)
    const tls = {
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      ...(origin === this.#origin ? client : {}),
      ...(insecure ? { rejectUnauthorized: false } : {}),
    }
    const agent = new EnvHttpProxyAgent({
      connections,
      connect: { ...tls, timeout },
      requestTls: tls,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      ...proxies(env),
    })
    this.#agents.set(origin, agent)
    return agent
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
  }
}

function proxies(env: WireOptions['env']): { httpProxy: string; httpsProxy: string; noProxy: string } {
  return {
    httpProxy: env['http_proxy'] ?? '',
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '',
    noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
  }
}

/** Whether an error has to do with a connection that ended, rather than with one that was given up. */
function isCut(error: unknown): boolean {
  return CUTS.has(codeIn(error))
}

const CUTS: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

const CODES: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['ENOTFOUND', 'STORE_DNS'],
  ['EAI_AGAIN', 'STORE_DNS'],
  ['ETIMEDOUT', 'STORE_TIMEOUT'],
  ['UND_ERR_CONNECT_TIMEOUT', 'STORE_TIMEOUT'],
  ['UND_ERR_HEADERS_TIMEOUT', 'STORE_TIMEOUT'],
  ['UND_ERR_BODY_TIMEOUT', 'STORE_TIMEOUT'],
  ['TimeoutError', 'STORE_TIMEOUT'],
  ['UND_ERR_HEADERS_OVERFLOW', 'STORE_MALFORMED'],
  ['EPROTO', 'STORE_TLS'],
])
const TLS = /^(?:ERR_(?:TLS|SSL)_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/

function storeErrorOf(error: unknown, url: URL): StoreError {
  if (error instanceof StoreError) return error
  const code = codeIn(error)
  const told =
    CODES.get(code) ??
    (TLS.test(code) ? 'STORE_TLS' : code.startsWith('HPE_') ? 'STORE_MALFORMED' : 'STORE_UNREACHABLE')
  const detail = error instanceof Error ? error.message : String(error)
  return new StoreError(detail === '' ? code : detail, { code: told, place: url.href, cause: error })
}

function codeIn(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'TimeoutError') return 'TimeoutError'
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError && error.errors.length > 0) return codeIn(error.errors[0])
  return codeIn(error.cause)
}
