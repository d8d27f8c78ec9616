import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import type { ProxyAgent } from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import { StoreError } from '../../../check/store-error.ts'
import { placeOf } from '../client/redirect-policy.ts'
import { namesHost } from '../connect/host-list.ts'
import { handshakeWith } from '../connect/plain-http.ts'
import { type ProxyServer, proxyFor } from '../connect/proxy.ts'
import { AlertNotes } from '../connect/tls-alert.ts'
import { isNoTls } from '../connect/tls-errors.ts'
import { Silence } from './circuit-breaker.ts'
import { Exchange } from './exchange.ts'
import { codeIn, isCut, storeErrorOf } from './network-errors.ts'
import type { Traffic } from './traffic.ts'

/** How to reach hosts. */
export interface WireOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds for one request: connection, headers and body. See `Call.isLong` for the exception. */
  readonly timeout: number
  readonly connections: number
  /** PEM of further authorities to trust. */
  readonly ca?: string | undefined
  /** Certificate and key of the client, PEM. Shown to the registry's own host only. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined
  /** Hosts whose certificate is not looked at, as `host` or `host:port`. */
  readonly insecureHosts?: readonly string[] | undefined
  /** Who we are, for whoever reads the log of a server: `regfsck/0.1.0`. */
  readonly userAgent?: string | undefined
  /** Milliseconds after which a host that answers nothing is given up. */
  readonly patience?: number | undefined
  readonly traffic?: Traffic | undefined
}

/** One request, one answer: no retry, no redirect, no credentials of its own. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Makes, for a body that is wanted, whoever takes its pieces; it answers whether to go on. */
  readonly open: (answer: Head) => Take | undefined
  /** Its body may take any time, as long as it keeps coming; whoever takes it bounds its length. */
  readonly isLong?: boolean | undefined
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
  readonly #ways = new Map<string, Promise<Way>>()
  readonly #exchanges = new WeakMap<AbortSignal, Set<Exchange>>()

  /** @param registry whose host is shown the client's certificate */
  constructor(registry: URL, options: WireOptions) {
    this.#origin = registry.origin
    this.#options = options
  }

  /** @throws {StoreError} where there is no answer; a body that ends early is one */
  async send(call: Call, signal: AbortSignal): Promise<Answered> {
    const way = await this.#wayTo(call.url)
    const asked = way.silence.mind(call.url)
    const { traffic } = this.#options
    const begun = performance.now()
    try {
      signal.throwIfAborted()
      const answer = await this.#exchange(call, way, signal)
      way.silence.answered(answer.status, asked)
      traffic?.answered(answer.status, performance.now() - begun)
      return answer
    } catch (error) {
      if (!signal.aborted) traffic?.answered(undefined, performance.now() - begun)
      const plain = await this.#plainText(error, call.url, way, signal)
      const failure =
        plain ??
        strayBody(error, call.url, way) ??
        storeErrorOf(signal.aborted ? signal.reason : error, call.url, { proxy: way.proxy, alert: way.alerts.last })
      if (!signal.aborted) way.silence.failed(failure, asked)
      throw failure
    }
  }

  /** Where the host speaks plain HTTP in place of TLS. Through a proxy nobody can tell. */
  async #plainText(error: unknown, url: URL, { proxy }: Way, signal: AbortSignal): Promise<StoreError | undefined> {
    const isIt =
      error instanceof Error &&
      url.protocol === 'https:' &&
      proxy === undefined &&
      isNoTls(codeIn(error), error.message)
    if (!isIt || (await handshakeWith(url, signal)) !== 'plain-http') return undefined
    return new SpeaksPlainHttp(`${url.host} speaks plain HTTP: write http://${url.host}/…`, {
      code: 'STORE_TLS',
      place: placeOf(url),
      cause: error,
    })
  }

  #exchange(call: Call, way: Way, signal: AbortSignal): Promise<Answered> {
    const { method, url, headers, body } = call
    const underWay = this.#underWay(signal)
    return new Promise<Answered>((resolve, reject) => {
      const exchange = new Exchange({ ...call, open: plain(call) }, this.#options.timeout, {
        isCut,
        resolve: (answered) => {
          underWay.delete(exchange)
          resolve(answered)
        },
        reject: (reason) => {
          underWay.delete(exchange)
          reject(reason instanceof Error ? reason : new Error(String(reason)))
        },
      })
      underWay.add(exchange)
      const question = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: { 'user-agent': this.#options.userAgent ?? 'regfsck', 'accept-encoding': 'identity', ...headers },
        body: body ?? null,
        // Of itself the client closes after each HEAD, for fear of servers that send a body all the same.
        reset: method === 'HEAD' && way.sendsBodiesToHead,
      }
      try {
        way.agent.dispatch(question, exchange)
      } catch (error) {
        exchange.giveUp(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }

  /** What ends with a signal: one listener for all of it. */
  #underWay(signal: AbortSignal): Set<Exchange> {
    const known = this.#exchanges.get(signal)
    if (known !== undefined) return known
    const exchanges = new Set<Exchange>()
    this.#exchanges.set(signal, exchanges)
    const stop = (): void => {
      const reason: unknown = signal.reason
      for (const exchange of [...exchanges])
        exchange.giveUp(reason instanceof Error ? reason : new Error(String(reason)))
    }
    signal.addEventListener('abort', stop, { once: true })
    return exchanges
  }

  /** What is trusted of one host, and shown to it, has nothing to do with any other. */
  #wayTo(url: URL): Promise<Way> {
    const known = this.#ways.get(url.origin)
    if (known !== undefined) return known
    const way = this.#open(url)
    this.#ways.set(url.origin, way)
    return way
  }

  async #open(url: URL): Promise<Way> {
    const { origin, protocol } = url
    const { env, timeout, connections, ca, client, insecureHosts = [] } = this.#options
    const insecure = namesHost(insecureHosts, url, true)
    const trust = ca === undefined ? {} : { ca: [...rootCertificates, ...extraAuthorities(env), ca] }
    const tls = {
      ...trust,
      ...(origin === this.#origin ? client : {}),
      ...(insecure ? { rejectUnauthorized: false } : {}),
    }
    const limits = { connections, headersTimeout: timeout, bodyTimeout: timeout }
    const proxy = proxyFor(url, env)
    const alerts = new AlertNotes()
    const agent =
      proxy === undefined
        ? new Agent({ ...limits, connect: alerts.connector({ ...tls, timeout }) })
        : await proxyAgent({
            ...limits,
            uri: proxy.origin,
            ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
            requestTls: { ...tls, timeout },
            proxyTls: { ...trust, timeout },
            // Many proxies let nobody through to other ports than 443; plain HTTP they pass on.
            proxyTunnel: protocol === 'https:',
          })
    return { agent, proxy, alerts, silence: new Silence(this.#options.patience), sendsBodiesToHead: false }
  }

  async close(): Promise<void> {
    const ways = await Promise.allSettled(this.#ways.values())
    await Promise.all(ways.flatMap((way) => (way.status === 'fulfilled' ? [way.value.agent.destroy()] : [])))
  }
}

/** A host that was to speak TLS and answers in plain HTTP. */
export class SpeaksPlainHttp extends StoreError {}

/** What Node trusts besides, and forgets where it is told whom to trust. What it cannot read, it has warned of. */
function extraAuthorities({ NODE_EXTRA_CA_CERTS: file }: WireOptions['env']): readonly string[] {
  try {
    return file === undefined || file === '' ? [] : [readFileSync(file, 'utf8')]
  } catch {
    return []
  }
}

/** Loaded only where there is a proxy. */
async function proxyAgent(options: ProxyAgent.Options): Promise<ProxyAgent> {
  const { tunnelThrough } = await import('../connect/tunnel.ts')
  return tunnelThrough(options)
}

interface Way {
  readonly agent: Agent | ProxyAgent
  readonly proxy: ProxyServer | undefined
  readonly alerts: AlertNotes
  readonly silence: Silence
  /** Seen to: then no connection is used again after a HEAD. */
  sendsBodiesToHead: boolean
}

/** `aws-chunked` is how a body was sent to an object store; some of them tell it to whoever fetches it. */
const PLAIN: ReadonlySet<string> = new Set(['', 'identity', 'aws-chunked'])

/**
 * Encoded bytes say nothing about a digest: whoever encodes what was asked for as it is must not pass for a registry with
 * damage. They are never decoded, so that none of them can burst.
 * @see CVE-2020-1702, CVE-2026-22036
 */
function refuseEncoding({ headers }: Head, url: URL): void {
  const coding = codingOf(headers)
  if (coding !== undefined)
    throw new StoreError(
      `sent an encoded answer (${coding}) although none was requested; a proxy in between may do that`,
      {
        code: 'STORE_MALFORMED',
        place: placeOf(url),
      },
    )
}

function codingOf(headers: Head['headers']): string | undefined {
  const codings = [headers['content-encoding'] ?? []].flat().join(',').toLowerCase().split(',')
  return codings.map((each) => each.trim()).find((each) => !PLAIN.has(each))
}

/** Whether the bytes of a body are not those that were asked for. */
export function isEncoded(headers: Head['headers']): boolean {
  return codingOf(headers) !== undefined
}

/** Takes a body only as it is. */
function plain({ open, url }: Call): Call['open'] {
  return (head) => {
    const take = open(head)
    if (take !== undefined) refuseEncoding(head, url)
    return take
  }
}

/** What cannot be parsed may be the body of the HEAD before it: once, the connections are blamed, and it is asked again. */
function strayBody(error: unknown, url: URL, way: Way): StoreError | undefined {
  if (way.sendsBodiesToHead || !codeIn(error).startsWith('HPE_')) return undefined
  way.sendsBodiesToHead = true
  return new StoreError('sent an invalid answer', { code: 'STORE_UNREACHABLE', place: placeOf(url), cause: error })
}
