import { connect } from 'node:net'
import { StoreError } from '../../../check/store-error.ts'
import { withoutQuery } from './without-query.ts'

/**
 * The start of a TLS record followed by line breaks, so that servers which read lines answer too. It is not a valid request
 * to any server and holds no secret.
 */
const PROBE = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x04, 0x0d, 0x0a, 0x0d, 0x0a])
/** Milliseconds; a server that stays silent so long does not speak plain HTTP. */
const PROBE_TIMEOUT = 3000

/** How a host reacts to the start of a TLS handshake. */
export type ProbeResult = 'plain-http' | 'something-else' | 'no-connection'

/** A host that should speak TLS and speaks plain HTTP. */
export class PlainHttpError extends StoreError {
  /** @param cause the failed handshake */
  constructor(url: URL, cause: unknown) {
    const message = `${url.host} speaks plain HTTP: write http://${url.host}/…`
    super(message, { code: 'STORE_TLS', place: withoutQuery(url), cause })
  }
}

/** Whether a server answers a TLS handshake in plain HTTP. Sends no request. Never rejects. */
export function probeTls(url: URL, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: portOf(url) })
    let answer = ''
    let isConnected = false
    const end = (): void => {
      socket.destroy()
      signal.removeEventListener('abort', end)
      const isHttp = /^(?:HTTP\/|<html|<!doctype html)/i.test(answer)
      resolve(isHttp ? 'plain-http' : isConnected ? 'something-else' : 'no-connection')
    }
    signal.addEventListener('abort', end, { once: true })
    socket.setTimeout(PROBE_TIMEOUT, end)
    socket.once('connect', () => {
      isConnected = true
      socket.write(PROBE)
    })
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (answer.length >= 5) end()
    })
    for (const event of ['error', 'close']) socket.once(event, end)
    if (signal.aborted) end()
  })
}

function portOf({ port, protocol }: URL): number {
  return Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port)
}

/**
 * The origin of a registry on the loopback interface that was given without a scheme: `https:`, or `http:` where plain HTTP
 * answers the handshake. Without a port, 443 is tried and then 80.
 *
 * @param url with `https:`
 */
export async function originOnLoopback(url: string, signal: AbortSignal): Promise<string> {
  const secure = new URL(url)
  const plain = `http://${secure.host}`
  const first = await probeTls(secure, signal)
  if (first === 'plain-http') return plain
  const tryPort80 = first === 'no-connection' && secure.port === ''
  return tryPort80 && (await probeTls(new URL(plain), signal)) === 'plain-http' ? plain : url
}
