import { isIP } from 'node:net'

/** The host names that a server accepts. */
export interface ServerHost {
  /** The address that it listens on. */
  readonly host: string
  /** Host names; `*.example.com` for all below it, `*` for all. */
  readonly allowedHosts: readonly string[]
}

/**
 * Whether a request with this `Host` header is accepted.
 *
 * Protects against DNS rebinding: a foreign web page can point its own host name at this machine and read the response. So a
 * server on a loopback address accepts only the names of this machine, and with allowed hosts only those. IP addresses are
 * accepted, since they cannot be rebound; probes and Prometheus use them.
 *
 * @param header in any case, with or without a port
 */
export function isAllowedHost(header: string | undefined, { host, allowedHosts }: ServerHost): boolean {
  const name = nameIn(header)
  if (name === '' || isLoopback(name)) return true
  if (allowedHosts.some((allowed) => matches(name, allowed))) return true
  if (isLoopback(host)) return false
  return allowedHosts.length === 0 || isIP(name) > 0
}

/** The accepted names, for the error message. Addresses are left out. */
export function allowedNames({ allowedHosts }: ServerHost): string {
  return ['localhost', ...allowedHosts].join(', ')
}

function nameIn(header = ''): string {
  return header
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function matches(name: string, allowed: string): boolean {
  const wanted = nameIn(allowed)
  return wanted === '*' || wanted === name || (wanted.startsWith('*.') && name.endsWith(wanted.slice(1)))
}

/** @param host in any case, and any spelling of an address */
function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || (isIP(name) === 4 && name.startsWith('127.'))) return true
  if (isIP(name) !== 6) return false
  const { hostname } = new URL(`http://[${name.replace(/%.*$/, '')}]`)
  return hostname === '[::1]' || hostname.startsWith('[::ffff:7f')
}
