import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Authorizer } from '../../../../src/sources/api/auth/authorizer.ts'
import type { Credential } from '../../../../src/sources/api/auth/credentials.ts'
import { RegistryClient } from '../../../../src/sources/api/client/client.ts'
import { Transport } from '../../../../src/sources/api/http/transport.ts'

/** Simulated: small servers in this process, each with one habit of a real or of a hostile registry. */
interface Simulated {
  readonly url: string
  readonly host: string
  readonly requests: IncomingMessage[]
}

const servers: Server[] = []
const clients: RegistryClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** @param address another loopback address is another host */
async function serve(answer: RequestListener, address = '127.0.0.1'): Promise<Simulated> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const host = `${address}:${(server.address() as AddressInfo).port}`
  return { url: `http://${host}`, host, requests }
}

const PASSWORD = 'canary-password'
const basic: Credential = { is: 'basic', username: 'me', password: PASSWORD, from: 'the test' }
const encoded = Buffer.from(`me:${PASSWORD}`).toString('base64')

function clientOf(
  url: string,
  options: { credential?: Credential; tokenHosts?: string[]; timeout?: number; requestsPerSecond?: number } = {},
) {
  const transport = new Transport(new URL(url), { env: {}, timeout: options.timeout ?? 5000, connections: 4 })
  const authorizer = new Authorizer(transport, new URL(url), {
    credential: options.credential,
    tokenHosts: options.tokenHosts ?? [],
    now: Date.now,
  })
  const client = new RegistryClient(new URL(`${url}/`), transport, authorizer, {
    connections: 4,
    requestsPerSecond: options.requestsPerSecond,
  })
  clients.push(client)
  const ask = (path = 'v2/', more: object = {}) =>
    client.send({ method: 'GET', path, scope: 'repository:app:pull', ...more }, new AbortController().signal)
  return { client, ask }
}

/** Whether anything that a server got carried the password. */
function sawPassword({ requests }: Simulated): boolean {
  return requests.some(({ headers, url = '' }) => JSON.stringify([headers, url]).includes(encoded))
}

describe('transient failures are retried', () => {
  it.each([429, 502, 503, 504])('%i twice, then an answer', async (status) => {
    let left = 2
    const registry = await serve((_, response) => {
      response.writeHead(left-- > 0 ? status : 200, { 'retry-after': '0' }).end()
    })
    expect((await clientOf(registry.url).ask()).status).toBe(200)
    expect(registry.requests.length).toBe(3)
  })

  it('but not forever: after five tries the response counts', async () => {
    const registry = await serve((_, response) => void response.writeHead(503, { 'retry-after': '0' }).end())
    expect((await clientOf(registry.url).ask()).status).toBe(503)
    expect(registry.requests.length).toBe(5)
  })

  it('a 500 is retried once only: distribution answers it for broken links', async () => {
    const registry = await serve((_, response) => void response.writeHead(500).end())
    expect((await clientOf(registry.url).ask()).status).toBe(500)
    expect(registry.requests.length).toBe(2)
  })

  it('a transient 500 is retried', async () => {
    let asked = 0
    const registry = await serve((_, response) => void response.writeHead(asked++ === 0 ? 500 : 200).end())
    expect((await clientOf(registry.url).ask()).status).toBe(200)
    expect(asked).toBe(2)
  })

  it('a Retry-After with a date is respected', async () => {
    let first = 0
    const registry = await serve((_, response) => {
      const early = first === 0
      if (early) first = Date.now()
      const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString()
      response.writeHead(early ? 429 : 200, { 'retry-after': until }).end()
    })
    expect((await clientOf(registry.url).ask()).status).toBe(200)
    expect(Date.now() - first).toBeGreaterThan(900)
  })

  it('a server that does not respond is a timeout after two tries', async () => {
    const registry = await serve(() => undefined)
    await expect(clientOf(registry.url, { timeout: 50 }).ask()).rejects.toMatchObject({ code: 'STORE_TIMEOUT' })
    expect(registry.requests.length).toBe(2)
  })
})

describe('credentials', () => {
  it('are sent after a Basic challenge, and not before', async () => {
    const registry = await serve((request, response) => {
      const known = request.headers.authorization === `Basic ${encoded}`
      response.writeHead(known ? 200 : 401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    const { ask } = clientOf(registry.url, { credential: basic })
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
    expect(registry.requests.map(({ headers }) => headers.authorization !== undefined)).toEqual([false, true, true])
  })

  it('that are refused are not sent repeatedly', async () => {
    const registry = await serve((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    expect((await clientOf(registry.url, { credential: basic }).ask()).status).toBe(401)
    expect(registry.requests.length).toBe(2)
  })

  it('request one token per scope for many requests, and another when it expires', async () => {
    let issued = 0
    let valid = ''
    const registry = await serve((request, response) => {
      if (request.url?.startsWith('/token')) {
        valid = `token-${++issued}`
        response.end(JSON.stringify({ token: valid, expires_in: 60 }))
      } else if (request.headers.authorization === `Bearer ${valid}` && valid !== '') response.writeHead(200).end()
      else
        response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token",service="s"` })
          .end()
    })
    const { ask } = clientOf(registry.url, { credential: basic })
    await ask()
    const many = await Promise.all(Array.from({ length: 10 }, () => ask()))
    expect(many.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(issued).toBe(1)
    valid = 'ended'
    expect((await ask()).status).toBe(200)
    expect(issued).toBe(2)
  })

  it.each([301, 302, 303, 307, 308])('are not sent to another host after a %i', async (status) => {
    const elsewhere = await serve((_, response) => void response.end('x'), '127.0.0.2')
    const registry = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else response.writeHead(status, { location: `${elsewhere.url}/blob` }).end()
    })
    const { ask } = clientOf(registry.url, { credential: basic })
    expect((await ask('v2/app/blobs/x', { mayRedirectElsewhere: true })).status).toBe(200)
    expect(elsewhere.requests.length).toBe(1)
    expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined()
  })
})

describe('a token server', () => {
  const challenge = (realm: string) =>
    serve((_, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end()
    })

  it('on another host gets no request at all unless it is named', async () => {
    const foreign = await serve((_, response) => void response.end('{"token":"t"}'), '127.0.0.2')
    const registry = await challenge(`${foreign.url}/token`)
    await expect(clientOf(registry.url, { credential: basic }).ask()).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining(`--token-host ${foreign.host}`),
    })
    expect(foreign.requests).toEqual([])
    await clientOf(registry.url, { credential: basic, tokenHosts: [foreign.host] }).ask()
    expect(sawPassword(foreign)).toBe(true)
  })

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//127.0.0.2/token',
    'http://127.0.0.1@127.0.0.2/token',
    'http://127.0.0.1:x@127.0.0.2/token',
    'http://127.0.0.1.evil.invalid/token',
    'http://0x7f.0.0.2/token',
    'http://2130706434/token',
    'http://[::1]/token',
    'http://[::ffff:127.0.0.2]/token',
    'http://127.2/token',
    'http://0177.0.0.2/token',
    'http://localhost/token',
    'http://169.254.169.254/latest/meta-data',
    'ftp://127.0.0.1/token',
    'http://127.0.0.1%00.evil/token',
    'http://127.0.0.1#@evil.invalid',
    'http://127.0.0.2\\\\@127.0.0.1/token',
    'gopher://127.0.0.1/',
    '',
  ])('%s gets no password', async (realm) => {
    const foreign = await serve((_, response) => void response.end('{"token":"t"}'), '127.0.0.2')
    const registry = await challenge(realm)
    await clientOf(registry.url, { credential: basic })
      .ask()
      .catch(() => undefined)
    expect(sawPassword(foreign)).toBe(false)
    expect(registry.requests.filter(({ url }) => url === '/v2/').every(({ headers }) => !headers.authorization)).toBe(
      true,
    )
  })
})

describe('a redirect', () => {
  it('for anything but a blob does not leave the host', async () => {
    const elsewhere = await serve((_, response) => void response.end('{}'), '127.0.0.2')
    const registry = await serve((_, response) => void response.writeHead(307, { location: elsewhere.url }).end())
    await expect(clientOf(registry.url).ask()).rejects.toMatchObject({
      code: 'STORE_MALFORMED',
      message: expect.stringContaining('another host'),
    })
    expect(elsewhere.requests).toEqual([])
  })

  it('in a loop ends', async () => {
    const registry = await serve((_, response) => void response.writeHead(307, { location: '/v2/' }).end())
    await expect(clientOf(registry.url).ask()).rejects.toMatchObject({ message: 'redirects in a loop' })
  })
})

it('only GET and HEAD are ever sent to a registry', async () => {
  const registry = await serve((_, response) => void response.end())
  const { ask } = clientOf(registry.url)
  await ask()
  await ask('v2/', { method: 'HEAD' })
  expect(registry.requests.map(({ method }) => method)).toEqual(['GET', 'HEAD'])
})

it('the rate limit is kept for many concurrent requests', async () => {
  const registry = await serve((_, response) => void response.end())
  const { ask } = clientOf(registry.url, { requestsPerSecond: 50 })
  const started = performance.now()
  await Promise.all(Array.from({ length: 21 }, () => ask()))
  expect(performance.now() - started).toBeGreaterThan(390)
})
