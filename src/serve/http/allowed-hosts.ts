import { isIP } from 'node:net'

/** Which names a server answers to. */
export interface Naming {
  /** That it is bound to. */
  readonly host: string
  /** Names of hosts, `*.example.com` for all below one, or `*` for all. */
  readonly allowedHosts: readonly string[]
}

/**
 * Whether a request with such a `Host` is answered.
 *
 * A page elsewhere can give its own name this machine's address, and so read what only this machine may read. So a server that
 * is bound to loopback answers to this machine's own names only, and one that is told names to those. An address is no name:
 * nobody can make it lead elsewhere. Probes and Prometheus ask by address.
 *
 * @param header in any case, with or without a port
 */
export function answersTo(header: string | undefined, { host, allowedHosts }: Naming): boolean {
  const name = nameIn(header)
  if (name === '' || isLoopback(name)) return true
  if (allowedHosts.some((allowed) => matches(name, allowed))) return true
  if (isLoopback(host)) return false
  return allowedHosts.length === 0 || isIP(name) > 0
}

/** The names that are always answered, for whoever asked by another. Addresses are left out. */
export function namesOf({ allowedHosts }: Naming): string {
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
