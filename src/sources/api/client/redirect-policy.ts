import { BlockList, isIP } from 'node:net'

/** What may be told of a URL: that of an object store lets in whoever knows its query. */
export function placeOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

/**
 * Addresses at which nobody keeps blobs, and at which a cloud tells its machines their secrets. An object store in a private
 * network is lawful; this host itself is one only where the registry is on it too.
 */
const NOBODYS = new BlockList()
NOBODYS.addSubnet('0.0.0.0', 8)
NOBODYS.addSubnet('169.254.0.0', 16)
NOBODYS.addSubnet('224.0.0.0', 3)
NOBODYS.addAddress('100.100.100.200')
NOBODYS.addAddress('::', 'ipv6')
NOBODYS.addSubnet('fe80::', 10, 'ipv6')
NOBODYS.addSubnet('ff00::', 8, 'ipv6')
NOBODYS.addAddress('fd00:ec2::254', 'ipv6')
NOBODYS.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')

const OWN = new BlockList()
OWN.addSubnet('127.0.0.0', 8)
OWN.addAddress('::1', 'ipv6')

/**
 * Why a blob cannot lie at an address, as far as its text tells: a name is not looked up here.
 *
 * @param from the host that leads there
 * @see CVE-2020-15157
 */
export function noPlaceForBlobs({ hostname }: URL, from: URL): string | undefined {
  // URL has read 0x7f.1, 2130706433 and the like, and tells them as they are commonly written.
  if (isIn(NOBODYS, hostname)) return `to ${hostname}, which is not an address for registry content`
  if (isOwn(hostname) && !isOwn(from.hostname)) return `to ${hostname}, which is this host and not the registry's`
  return undefined
}

function isOwn(hostname: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(hostname) || isIn(OWN, hostname)
}

function isIn(list: BlockList, hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  const version = isIP(address)
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
}
