import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import type { ProxyAgent } from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import type { Environment } from '../environment.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { includesHost } from './host-list.ts'
import { type ProxyServer, parseProxy, proxyFor } from './proxy.ts'
import { TlsAlertRecorder } from './tls-alert.ts'

/** How to connect to hosts. */
export interface ConnectionOptions {
  readonly env: Environment
  /** Milliseconds for one request: connection, headers and body. See `HttpRequest.hasLongBody` for the exception. */
  readonly timeout: number
  /** Connections to one host. */
  readonly connections: number
  /** PEM of further certificate authorities to trust. */
  readonly ca?: string | undefined
  /** Client certificate and key, PEM. Sent to the registry's own host only. */
  readonly client?: { readonly cert: OneOrSeveral; readonly key: OneOrSeveral } | undefined
  /** Hosts whose certificate is not verified, as `host` or `host:port`. */
  readonly insecureHosts?: readonly string[] | undefined
  /** Milliseconds for a connection. Missing: as long as for a request. */
  readonly connectTimeout?: number | undefined
  /** The URL of a proxy, in place of those in `env` and whatever they leave out. */
  readonly proxy?: string | undefined
  /** Milliseconds without a usable response after which requests to a host stop. */
  readonly unresponsiveAfter?: number | undefined
}

type OneOrSeveral = string | readonly string[]

/** The connection pool of one host, and what is known about the host. */
export interface HostConnection {
  readonly agent: Agent | ProxyAgent
  readonly proxy: ProxyServer | undefined
  readonly alerts: TlsAlertRecorder
  readonly breaker: CircuitBreaker
  /** The host was seen to send a body after HEAD: no connection is reused after one. */
  sendsBodiesToHead: boolean
}

/**
 * Prepares connections to the host of a URL. Connects on the first request only.
 *
 * @param sendsClientCertificate whether this is the registry's own host
 * @throws {StoreError} if the configured proxy cannot be used
 */
export async function openHostConnection(
  url: URL,
  sendsClientCertificate: boolean,
  options: ConnectionOptions,
): Promise<HostConnection> {
  const { timeout, connections, client, insecureHosts = [] } = options
  const trust = { ...trustedAuthorities(options), timeout: Math.min(options.connectTimeout ?? timeout, timeout) }
  const tls = {
    ...trust,
    ...(sendsClientCertificate && client !== undefined ? certificatesOf(client) : {}),
    ...(includesHost(insecureHosts, url, true) ? { rejectUnauthorized: false } : {}),
  }
  const limits = { connections, headersTimeout: timeout, bodyTimeout: timeout }
  const proxy = options.proxy === undefined ? proxyFor(url, options.env) : parseProxy(options.proxy, 'its file', url)
  const alerts = new TlsAlertRecorder()
  const agent =
    proxy === undefined
      ? new Agent({ ...limits, connect: alerts.connector(tls) })
      : await proxyAgent(proxy, url, { ...limits, requestTls: tls, proxyTls: trust })
  return { agent, proxy, alerts, breaker: new CircuitBreaker(options.unresponsiveAfter), sendsBodiesToHead: false }
}

function certificatesOf({ cert, key }: NonNullable<ConnectionOptions['client']>) {
  return { cert: mutable(cert), key: mutable(key) }
}

function mutable(pem: OneOrSeveral): string | string[] {
  return typeof pem === 'string' ? pem : [...pem]
}

function trustedAuthorities({ ca, env }: ConnectionOptions): { readonly ca?: string[] } {
  return ca === undefined ? {} : { ca: [...rootCertificates, ...extraAuthorities(env), ca] }
}

/** Node ignores NODE_EXTRA_CA_CERTS once `ca` is set. Node itself warns about a file that cannot be read. */
function extraAuthorities({ NODE_EXTRA_CA_CERTS: file }: Environment): readonly string[] {
  try {
    return file === undefined || file === '' ? [] : [readFileSync(file, 'utf8')]
  } catch {
    return []
  }
}

/** Imports the tunnel only when there is a proxy: it is slow to load. */
async function proxyAgent(
  { origin, authorization }: ProxyServer,
  target: URL,
  options: Omit<ProxyAgent.Options, 'uri'>,
): Promise<ProxyAgent> {
  const { tunnelThrough } = await import('./tunnel.ts')
  return tunnelThrough({
    ...options,
    uri: origin,
    ...(authorization === undefined ? {} : { token: authorization }),
    // Many proxies allow CONNECT to port 443 only; plain HTTP they forward.
    proxyTunnel: target.protocol === 'https:',
  })
}
