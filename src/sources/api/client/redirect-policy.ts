import { BlockList, isIP } from 'node:net'
import { StoreError } from '../../../check/store-error.ts'
import { withoutQuery } from '../connect/without-query.ts'

const MAX_REDIRECTS = 5
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Whether a status redirects. */
export function isRedirect(status: number): boolean {
  return REDIRECT_STATUS.has(status)
}

/**
 * The URL that a redirect leads to.
 *
 * @param options.mayLeave whether another host than the registry's is allowed
 * @param options.redirects followed so far
 * @throws {StoreError} if it must not be followed
 */
export function redirectTarget(
  from: URL,
  location: string,
  { registry, mayLeave, redirects }: { readonly registry: URL; readonly mayLeave: boolean; readonly redirects: number },
): URL {
  const refuse = (why: string): StoreError =>
    new StoreError(`redirects ${why}`, { code: 'STORE_MALFORMED', place: withoutQuery(from) })
  if (redirects === MAX_REDIRECTS) throw refuse('in a loop')
  if (!URL.canParse(location, from.href)) throw refuse('to something that is not a URL')
  const next = new URL(location, from)
  if (!['http:', 'https:'].includes(next.protocol)) throw refuse(`to ${next.protocol}`)
  if (from.protocol === 'https:' && next.protocol === 'http:') throw refuse('from https to http')
  if (next.origin === registry.origin) return next
  if (!mayLeave) throw refuse(`to another host, ${next.host}: if that is the registry, write ${next.origin}`)
  const forbidden = forbiddenAddress(next, registry)
  if (forbidden !== undefined) throw refuse(forbidden)
  return next
}

/**
 * Addresses that never serve registry content, among them the metadata services that give cloud machines their secrets.
 * Private networks are allowed: object stores live there. Loopback is allowed if the registry is on it too.
 */
const FORBIDDEN = new BlockList()
FORBIDDEN.addSubnet('0.0.0.0', 8)
FORBIDDEN.addSubnet('169.254.0.0', 16)
FORBIDDEN.addSubnet('224.0.0.0', 3)
FORBIDDEN.addAddress('100.100.100.200')
FORBIDDEN.addAddress('::', 'ipv6')
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6')
FORBIDDEN.addSubnet('ff00::', 8, 'ipv6')
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6')
FORBIDDEN.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * Why a redirect to this host is refused; `undefined` if it is allowed. Only addresses are checked: names are not resolved.
 *
 * @see CVE-2020-15157
 */
export function forbiddenAddress({ hostname }: URL, registry: URL): string | undefined {
  // URL has normalized 0x7f.1, 2130706433 and the like.
  if (isIn(FORBIDDEN, hostname)) return `to ${hostname}, which is not an address for registry content`
  if (isLoopback(hostname) && !isLoopback(registry.hostname))
    return `to ${hostname}, which is this host and not the registry's`
  return undefined
}

function isLoopback(hostname: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(hostname) || isIn(LOOPBACK, hostname)
}

function isIn(list: BlockList, hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  const version = isIP(address)
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
}
