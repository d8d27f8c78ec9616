import type { Server } from 'node:http'
import { EVERYWHERE, type Place, placeText } from '../../config/listen.ts'
import { harmless } from '../../report/escape.ts'
import { UsageError } from '../options/usage-error.ts'

/** Every address of a machine that has no IPv6. */
const EVERYWHERE_IPV4 = '0.0.0.0'

/** What a kernel says that has no IPv6. */
const NO_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])

/**
 * Bind a server. Everywhere is IPv6 and IPv4 at once, and IPv4 alone where there is no IPv6.
 *
 * @returns where it is bound, with the port that port 0 became
 * @throws {UsageError} where it cannot be
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
