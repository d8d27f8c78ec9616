import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { afterEach, expect } from 'vitest'
import { Authorizer } from '../../../src/sources/api/auth/authorizer.ts'
import type { Credential } from '../../../src/sources/api/auth/credentials.ts'
import { RegistryClient } from '../../../src/sources/api/client/client.ts'
import { Transport, type TransportOptions } from '../../../src/sources/api/http/transport.ts'

/** Simulated: a small server in this process, with one habit of a real or of a hostile host. */
export interface SimulatedHost {
  readonly url: string
  /** With its port. */
  readonly host: string
  /** What was asked of it, in order. */
  readonly requests: IncomingMessage[]
}

const stops: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** @param where.address another loopback address is another host */
export async function serve(
  answer: RequestListener,
  where: { readonly address?: string; readonly tls?: ServerOptions } = {},
): Promise<SimulatedHost> {
  const requests: IncomingMessage[] = []
  const listener: RequestListener = (request, response) => {
    requests.push(request)
    answer(request, response)
  }
  const server = where.tls === undefined ? createServer(listener) : createTlsServer(where.tls, listener)
  const host = await listen(server, where.address)
  stops.push(async () => {
    server.closeAllConnections()
    for (const { method } of requests) expect(method).toMatch(/^(?:GET|HEAD)$/)
  })
  return { url: `${where.tls === undefined ? 'http' : 'https'}://${host}`, host, requests }
}

/** A host whose answers are not HTTP, or not all of it. */
export async function serveRaw(accept: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    accept(socket)
  })
  stops.push(async () => {
    for (const socket of sockets) socket.destroy()
  })
  return `http://${await listen(server)}`
}

async function listen(server: Server, address = '127.0.0.1'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  stops.push(async () => void server.close())
  return `${address}:${(server.address() as AddressInfo).port}`
}

/** A client of one registry, as `ApiSource` makes it. */
export function clientOf(
  url: string,
  options: Partial<TransportOptions> & {
    readonly credential?: Credential
    readonly tokenHosts?: readonly string[]
  } = {},
): {
  readonly client: RegistryClient
  readonly ask: (path?: string, more?: object) => ReturnType<RegistryClient['send']>
} {
  const { credential, tokenHosts = [], ...wireOptions } = options
  const base = new URL(`${url}/`)
  const transport = new Transport(base, { env: {}, timeout: 5000, connections: 4, ...wireOptions })
  const client = new RegistryClient(
    base,
    transport,
    new Authorizer(transport, base, { credential, tokenHosts, now: Date.now }),
    {
      connections: 4,
    },
  )
  stops.unshift(() => client.close())
  const ask = (path = 'v2/', more: object = {}) =>
    client.send({ method: 'GET', path, scope: 'repository:app:pull', ...more }, new AbortController().signal)
  return { client, ask }
}
