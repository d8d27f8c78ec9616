import { BlockList, isIP } from 'node:net'
import { StoreError } from '../../../check/store-error.ts'
import type { Environment } from '../auth/docker-config.ts'
import { placeOf } from '../client/redirect-policy.ts'

/** A proxy, and who we are to it. */
export interface ProxyServer {
  /** Without user and password, so that it may be told. */
  readonly origin: string
  /** `Proxy-Authorization`. */
  readonly authorization: string | undefined
}

/**
 * The proxy that the environment wants for a URL: `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, in lower case first.
 * This host itself is never asked through one, as docker and skopeo do it.
 *
 * @throws {StoreError} where the environment names one that cannot be used
 */
export function proxyFor(url: URL, env: Environment): ProxyServer | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  // Under CGI, HTTP_PROXY is what a client sent as its header "Proxy". See CVE-2016-5385.
  const upper = name === 'HTTP_PROXY' && env['REQUEST_METHOD'] !== undefined ? undefined : env[name]
  const written = env[name.toLowerCase()] || upper
  if (!written || isLocal(bare(url)) || isExcluded(url, env['no_proxy'] || env['NO_PROXY'] || '')) return undefined
  return readProxy(written, name, url)
}

function readProxy(written: string, name: string, asked: URL): ProxyServer {
  const refuse = (why: string): StoreError =>
    new StoreError(`the proxy that ${name} names ${why}`, { code: 'STORE_UNREACHABLE', place: placeOf(asked) })
  const text = written.includes('://') ? written : `http://${written}`
  if (!URL.canParse(text)) throw refuse('is not a URL')
  const { protocol, host, username, password } = new URL(text)
  // A password with such a character in it ends the host early, and a part of it would pass for a port.
  if (text.includes('@') && username === '' && password === '')
    throw refuse('has a user or password with a /, ? or # in it: write %2F, %3F or %23')
  if (host === '') throw refuse('is not a URL')
  if (!['http:', 'https:'].includes(protocol)) throw refuse(`is not an HTTP proxy but one for ${protocol}`)
  const origin = `${protocol}//${host}`
  if (username === '' && password === '') return { origin, authorization: undefined }
  try {
    const who = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return { origin, authorization: `Basic ${Buffer.from(who).toString('base64')}` }
  } catch {
    throw refuse('has a user or password with a stray %')
  }
}

/** The host as NO_PROXY may write it: no brackets, no dot at the end. */
function bare({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

function isLocal(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && isWithin(host, isIP(host) === 4 ? '127.0.0.0/8' : '::1/128'))
}

/** Hosts, their subdomains, `host:port`, addresses, ranges of them (CIDR), or `*`. */
function isExcluded(url: URL, list: string): boolean {
  const host = bare(url)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      if (entry.includes('/')) return isWithin(host, entry)
      const [, inBrackets, plain, wanted] = /^(?:\[(.*)\]|([^:]*|[^:]*(?::[^:]*){2,}))(?::(\d+))?$/.exec(entry) ?? []
      if (wanted !== undefined && wanted !== port) return false
      const name = inBrackets ?? (plain ?? '').replace(/^\*?\./, '').replace(/\.$/, '')
      return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)))
    })
}

function isWithin(host: string, range: string): boolean {
  const [, address = '', bits = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(range) ?? []
  const version = isIP(address)
  if (version === 0 || version !== isIP(host) || Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family)
  return list.check(host, family)
}

/** What went wrong on the way to a proxy, told as such: the host behind it has not been asked. */
export function proxyFailure(error: unknown, { origin }: ProxyServer): string | undefined {
  const text = error instanceof Error ? error.message : String(error)
  const status =
    /^Proxy response \((\d+)\)/.exec(text)?.[1] ?? /^Proxy Authentication Required \((\d+)\)/.exec(text)?.[1]
  if (status !== undefined) return `its proxy ${origin} answered ${status}`
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined
  return call === 'connect' || call === 'getaddrinfo' ? `its proxy ${origin} cannot be reached: ${text}` : undefined
}
