import { connect } from 'node:net'

/**
 * The beginning of a TLS record, and line breaks, for which servers wait that read lines. No server takes it for a request,
 * and it holds nothing that anybody could use.
 */
const NO_REQUEST = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x04, 0x0d, 0x0a, 0x0d, 0x0a])
/** Milliseconds until a server that says nothing counts as one that does not speak plain HTTP. */
const PATIENCE = 3000

/** Where a host can be connected to, and what it answers a TLS handshake with. */
export type Handshake = 'plain-http' | 'something-else' | 'no-connection'

/**
 * Whether a server answers a TLS handshake in plain HTTP, as one does that knows no TLS. Nothing is asked of it.
 *
 * @param url whose host and port are meant
 */
export function handshakeWith(url: URL, signal: AbortSignal): Promise<Handshake> {
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port)
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port })
    let answer = ''
    let isConnected = false
    const end = (): void => {
      socket.destroy()
      signal.removeEventListener('abort', end)
      const isHttp = /^(?:HTTP\/|<html|<!doctype html)/i.test(answer)
      resolve(isHttp ? 'plain-http' : isConnected ? 'something-else' : 'no-connection')
    }
    signal.addEventListener('abort', end, { once: true })
    socket.setTimeout(PATIENCE, end)
    socket.once('connect', () => {
      isConnected = true
      socket.write(NO_REQUEST)
    })
    socket.on('data', (piece) => {
      answer += piece.toString('latin1')
      if (answer.length >= 5) end()
    })
    socket.once('error', end)
    socket.once('close', end)
    if (signal.aborted) end()
  })
}

/**
 * How a host is asked that was written without `https://` or `http://` and is this machine: by TLS where it speaks that, in
 * plain text where plain text answers the handshake. Without a port there are two to try.
 *
 * @param url with `https:`
 */
export async function originOnLoopback(url: string, signal: AbortSignal): Promise<string> {
  const secure = new URL(url)
  const plain = `http://${secure.host}`
  const first = await handshakeWith(secure, signal)
  if (first === 'plain-http') return plain
  const mayBeElsewhere = first === 'no-connection' && secure.port === ''
  return mayBeElsewhere && (await handshakeWith(new URL(plain), signal)) === 'plain-http' ? plain : url
}
