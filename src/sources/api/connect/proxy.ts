import { BlockList, isIP } from 'node:net'
import { StoreError } from '../../../check/store-error.ts'
import type { Environment } from '../environment.ts'
import { withoutQuery } from './without-query.ts'

/** A proxy and the credentials for it. */
export interface ProxyServer {
  /** Without user and password: safe to print. */
  readonly origin: string
  /** The `Proxy-Authorization` header. */
  readonly authorization: string | undefined
}

/**
 * The proxy for a URL: `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, in lower case first. Loopback addresses never use
 * a proxy, as with docker and skopeo.
 *
 * @throws {StoreError} if the proxy URL cannot be used
 */
export function proxyFor(url: URL, env: Environment): ProxyServer | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  // Under CGI, HTTP_PROXY holds the client's "Proxy" header. See CVE-2016-5385.
  const upper = name === 'HTTP_PROXY' && env['REQUEST_METHOD'] !== undefined ? undefined : env[name]
  const text = env[name.toLowerCase()] || upper
  if (!text || isLoopback(bareHost(url)) || isExcluded(url, env['no_proxy'] || env['NO_PROXY'] || '')) return undefined
  return parseProxy(text, name, url)
}

/**
 * Reads the URL of a proxy.
 *
 * @param name who names it, for the error
 * @param target the URL that is requested, for the error
 * @throws {StoreError} if it cannot be used
 */
export function parseProxy(proxy: string, name: string, target: URL): ProxyServer {
  const refuse = (why: string): StoreError =>
    new StoreError(`the proxy that ${name} names ${why}`, { code: 'STORE_UNREACHABLE', place: withoutQuery(target) })
  const text = proxy.includes('://') ? proxy : `http://${proxy}`
  if (!URL.canParse(text)) throw refuse('is not a URL')
  const { protocol, host, username, password } = new URL(text)
  // Such a character ends the host early, and part of the password would parse as a port.
  if (text.includes('@') && username === '' && password === '')
    throw refuse('has a user or password with a /, ? or # in it: write %2F, %3F or %23')
  if (host === '') throw refuse('is not a URL')
  if (!['http:', 'https:'].includes(protocol)) throw refuse(`is not an HTTP proxy but one for ${protocol}`)
  const origin = `${protocol}//${host}`
  if (username === '' && password === '') return { origin, authorization: undefined }
  try {
    const userinfo = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return { origin, authorization: `Basic ${Buffer.from(userinfo).toString('base64')}` }
  } catch {
    throw refuse('has a user or password with a stray %')
  }
}

/** The host without brackets and trailing dot, as NO_PROXY spells it. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && isInRange(host, isIP(host) === 4 ? '127.0.0.0/8' : '::1/128'))
}

/** @param list NO_PROXY: hosts (which include their subdomains), `host:port`, addresses, CIDR ranges, or `*` */
function isExcluded(url: URL, list: string): boolean {
  const host = bareHost(url)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isInRange(host, entry)
      const [, inBrackets, plain, wanted] = /^(?:\[(.*)\]|([^:]*|[^:]*(?::[^:]*){2,}))(?::(\d+))?$/.exec(entry) ?? []
      if (wanted !== undefined && wanted !== port) return false
      const name = inBrackets ?? (plain ?? '').replace(/^\*?\./, '').replace(/\.$/, '')
      return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)))
    })
}

function isInRange(host: string, range: string): boolean {
  const [, address = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(range) ?? []
  const version = isIP(address)
  if (version === 0 || version !== isIP(host) || Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family)
  return list.check(host, family)
}

/** Describes an error of the proxy itself; `undefined` if the error is that of the host behind it. */
export function describeProxyError(error: unknown, { origin }: ProxyServer): string | undefined {
  const text = error instanceof Error ? error.message : String(error)
  const status =
    /^Proxy response \((\d+)\)/.exec(text)?.[1] ?? /^Proxy Authentication Required \((\d+)\)/.exec(text)?.[1]
  if (status !== undefined) return `its proxy ${origin} answered ${status}`
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined
  return call === 'connect' || call === 'getaddrinfo' ? `its proxy ${origin} cannot be reached: ${text}` : undefined
}
