import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Authorizer } from '../../../../src/sources/api/auth/authorizer.ts'
import { RegistryClient } from '../../../../src/sources/api/client/client.ts'
import { Transport } from '../../../../src/sources/api/http/transport.ts'

const ended: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ended.splice(0)) await end()
})

/** Simulated: a server on loopback, and how many connections it was given. */
async function listen(server: Server): Promise<{ readonly url: string; readonly connections: () => number }> {
  const sockets: Socket[] = []
  server.on('connection', (socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ended.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => sockets.length }
}

function clientOf(url: string) {
  const transport = new Transport(new URL(url), { env: {}, timeout: 5000, connections: 1 })
  const authorizer = new Authorizer(transport, new URL(url), { credential: undefined, tokenHosts: [], now: Date.now })
  const client = new RegistryClient(new URL(`${url}/`), transport, authorizer, { connections: 1 })
  ended.unshift(() => client.close())
  return (method: 'GET' | 'HEAD', path: string) =>
    client.send({ method, path, scope: '' }, new AbortController().signal)
}

describe('a connection', () => {
  it('is reused after a HEAD: a scan sends tens of thousands of them', async () => {
    const server = createHttpServer((_, response) => void response.writeHead(200, { 'content-length': 5 }).end('bytes'))
    const { url, connections } = await listen(server)
    const ask = clientOf(url)
    for (let n = 0; n < 10; n++) expect((await ask(n % 2 === 0 ? 'HEAD' : 'GET', 'v2/')).status).toBe(200)
    expect(connections()).toBe(1)
  })

  it('is not reused after a HEAD once the server has sent a body after one', async () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nbytes'
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (text) => {
        for (const _ of text.toString().matchAll(/HTTP\/1\.1\r\n/g)) socket.write(answer)
      })
    })
    const { url } = await listen(server)
    const ask = clientOf(url)
    for (let n = 0; n < 10; n++) expect((await ask(n % 2 === 0 ? 'HEAD' : 'GET', 'v2/')).status).toBe(200)
  })
})
