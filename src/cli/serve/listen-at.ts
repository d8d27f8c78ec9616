import type { Server } from 'node:http'
import { EVERYWHERE, type Place, placeText } from '../../config/listen.ts'
import { harmless } from '../../report/escape.ts'
import { UsageError } from '../options/usage-error.ts'

/** All addresses of a machine without IPv6. */
const EVERYWHERE_IPV4 = '0.0.0.0'

/** Error codes of a kernel without IPv6. */
const NO_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

/**
 * Binds a server. All addresses means IPv6 and IPv4, or only IPv4 if the machine has no IPv6.
 *
 * @returns its address, with the real port for port 0
 * @throws {UsageError} if it cannot bind
 */
export async function listenAt(server: Server, place: Place): Promise<Place> {
  try {
    return await bind(server, place)
  } catch (error) {
    const isWithoutIpv6 =
      place.host === EVERYWHERE && error instanceof Error && 'code' in error && NO_IPV6.has(error.code)
    const failed = isWithoutIpv6
      ? await bind(server, { ...place, host: EVERYWHERE_IPV4 }).catch(asError)
      : asError(error)
    if (!(failed instanceof Error)) return failed
    throw new UsageError([
      `cannot listen on ${placeText(place)}: ${harmless(failed.message)}; choose another with --listen`,
    ])
  }
}

function bind(server: Server, { host, port }: Place): Promise<Place> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve({ host, port: typeof address === 'object' && address !== null ? address.port : port })
    })
  })
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
