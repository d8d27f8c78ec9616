import { createServer, request, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { listenAt } from '../../../src/cli/serve/listen-at.ts'
import { parseListen, placeText } from '../../../src/config/listen.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

function newServer(): Server {
  const server = createServer((_, response) => response.end('here'))
  servers.push(server)
  return server
}

async function listening(text: string, server: Server = newServer()) {
  const place = parseListen(text)
  if (place === undefined) throw new Error(`no place: ${text}`)
  return listenAt(server, place)
}

/** Whether somebody answers at an address. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host, port }, (answer) => {
      answer.resume()
      resolve(true)
    })
      .on('error', () => resolve(false))
      .end()
  })
}

/** Simulated: a machine whose kernel has no IPv6. */
function withoutIpv6(server: Server, code: string): Server {
  const listen = server.listen.bind(server)
  const pretending = (place: { host: string }, ...rest: (() => void)[]): Server => {
    if (!place.host.includes(':')) return listen(place, ...rest)
    process.nextTick(() => server.emit('error', Object.assign(new Error(`listen ${code}`), { code })))
    return server
  }
  return Object.assign(server, { listen: pretending })
}

describe('a server listens', () => {
  it.each(['[::]:0', ':0', '0'])('at %s on IPv6 and on IPv4, and says which port it got', async (text) => {
    const { host, port } = await listening(text)
    expect(placeText({ host, port })).toBe(`[::]:${port}`)
    expect(port).toBeGreaterThan(0)
    expect([await answers('::1', port), await answers('127.0.0.1', port)]).toEqual([true, true])
  })

  it.each([
    ['[::1]:0', [true, false]],
    ['127.0.0.1:0', [false, true]],
    ['0.0.0.0:0', [false, true]],
  ])('at %s there alone', async (text, wanted) => {
    const { port } = await listening(text)
    expect([await answers('::1', port), await answers('127.0.0.1', port)]).toEqual(wanted)
  })

  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])('everywhere on IPv4 where the kernel says %s to IPv6', async (code) => {
    const { host, port } = await listening('[::]:0', withoutIpv6(newServer(), code))
    expect(placeText({ host, port })).toBe(`0.0.0.0:${port}`)
    expect(await answers('127.0.0.1', port)).toBe(true)
  })

  it('only on the address that is given', async () => {
    await expect(listening('[::1]:0', withoutIpv6(newServer(), 'EAFNOSUPPORT'))).rejects.toMatchObject({
      problems: ['cannot listen on [::1]:0: listen EAFNOSUPPORT; choose another with --listen'],
    })
  })

  it('not where somebody else does, of either family', async () => {
    const { port } = await listening('[::]:0')
    for (const text of [`[::]:${port}`, `127.0.0.1:${port}`])
      await expect(listening(text)).rejects.toMatchObject({
        problems: [expect.stringMatching(/^cannot listen on .*EADDRINUSE.*; choose another with --listen$/)],
      })
  })
})
