import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { Authorizer } from '../../../../src/sources/api/auth/authorizer.ts'
import type { Credential } from '../../../../src/sources/api/auth/credentials.ts'
import { RegistryClient } from '../../../../src/sources/api/client/client.ts'
import { Transport } from '../../../../src/sources/api/http/transport.ts'
import { scratch } from '../../../support/scratch.ts'

const directory = scratch()
const servers: Server[] = []
const clients: RegistryClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

type Sells = (request: IncomingMessage, response: ServerResponse, count: number) => void

interface Simulated {
  readonly url: string
  /** Of the token server: method, URL and body of each request. */
  readonly bought: { readonly method: string; readonly url: string; readonly body: string }[]
  /** The one token that the registry takes. */
  valid: string
  /** Called before a 401. */
  refuses: () => void
}

/** Simulated: a registry, and its token server at `/token`. */
async function serve(sells: Sells): Promise<Simulated> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await text(request)
    if (url.startsWith('/token')) {
      simulated.bought.push({ method, url, body })
      sells(request, response, simulated.bought.length)
    } else if (simulated.valid !== '' && headers.authorization === `Bearer ${simulated.valid}`) response.end()
    else {
      simulated.refuses()
      const challenge = `Bearer realm="http://${headers.host}/token",service="s"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const simulated: Simulated = { url, bought: [], valid: 'good', refuses: () => undefined }
  return simulated
}

function clientOf(url: string, credential?: Credential, now: () => number = Date.now) {
  const transport = new Transport(new URL(url), { env: {}, timeout: 5000, connections: 20 })
  const authorizer = new Authorizer(transport, new URL(url), { credential, tokenHosts: [], now })
  const client = new RegistryClient(new URL(`${url}/`), transport, authorizer, { connections: 20 })
  clients.push(client)
  const ask = async (scope = 'repository:app:pull') =>
    (await client.send({ method: 'GET', path: 'v2/', scope }, new AbortController().signal)).status
  return { client, ask }
}

const runs = join(directory, 'runs')
let rooms = 0

/** Simulated: a credential helper that is a shell script. */
function helperThat(does: string, from = 'the helper'): Credential {
  const room = join(directory, `helper-${rooms++}`)
  mkdirSync(room)
  writeFileSync(runs, '')
  const program = join(room, 'docker-credential-test')
  writeFileSync(program, `#!/bin/sh\necho run >>${runs}\n${does}\n`)
  chmodSync(program, 0o755)
  const env = { PATH: `${room}:${process.env['PATH']}` }
  return { is: 'helper', name: 'test', host: 'r', from, env, otherwise: undefined }
}

const gives = (answer: object) => (_: IncomingMessage, response: ServerResponse) =>
  void response.end(JSON.stringify(answer))

describe('a token', () => {
  it('that is refused for many requests at once is renewed once', async () => {
    const registry = await serve((_, response, count) => {
      registry.valid = `token-${count}`
      response.end(JSON.stringify({ token: registry.valid, expires_in: 3600 }))
    })
    const { ask } = clientOf(registry.url)
    await ask()
    registry.valid = 'ended'
    const many = await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(many).toEqual(Array(20).fill(200))
    expect(registry.bought.length).toBe(2)
  })

  it.each([
    ['not said', undefined, 53, 55],
    ['a minute', 60, 53, 55],
    ['an hour', 3600, 3239, 3241],
    ['none at all', 0, 53, 55],
    ['less than none', -5, 53, 55],
    ['shorter than the spec allows', 0.001, 53, 55],
    ['text', '3600', 53, 55],
    ['longer than time', 1e308, 77_759, 77_761],
  ])('with a lifetime of %s is kept for a reasonable time, by our own clock', async (_, expires_in, kept, renewed) => {
    // However wrong the server's clock may be.
    const registry = await serve(gives({ token: 'good', expires_in, issued_at: '1999-01-01T00:00:00Z' }))
    let now = Date.parse('2026-11-20T12:00:00Z')
    const start = now
    const { ask } = clientOf(registry.url, undefined, () => now)
    await ask()
    now = start + kept * 1000
    expect([await ask(), registry.bought.length]).toEqual([200, 1])
    now = start + renewed * 1000
    expect([await ask(), registry.bought.length]).toEqual([200, 2])
  })

  it('is requested for each scope, with the service, and accepted as access_token too', async () => {
    const registry = await serve(gives({ access_token: 'good' }))
    const { ask } = clientOf(registry.url)
    await ask('')
    await ask('registry:catalog:*')
    expect(registry.bought.map(({ url }) => url)).toEqual([
      '/token?service=s',
      '/token?service=s&scope=registry%3Acatalog%3A*',
    ])
  })
})

describe('a token server', () => {
  it.each([429, 500, 503])('that answers %i twice gets another request', async (status) => {
    const registry = await serve((_, response, count) => {
      if (count < 3) response.writeHead(status, { 'retry-after': '0' }).end()
      else response.end('{"token":"good"}')
    })
    expect(await clientOf(registry.url).ask()).toBe(200)
    expect(registry.bought.length).toBe(3)
  })

  it.each([
    [429, 'STORE_THROTTLED', 3],
    [503, 'STORE_SERVER_ERROR', 3],
    [401, 'STORE_DENIED', 1],
    [307, 'STORE_DENIED', 1],
  ])('that always answers %i leads to %s after %i tries', async (status, code, tries) => {
    const registry = await serve((_, response) => void response.writeHead(status, { 'retry-after': '0' }).end())
    const message = expect.stringContaining(`the token server answered ${status}`)
    await expect(clientOf(registry.url).ask()).rejects.toMatchObject({ code, message })
    expect(registry.bought.length).toBe(tries)
  })

  it.each([
    ['a web page', '<html>sign in</html>'],
    ['nothing', ''],
    ['a list', '["good"]'],
    ['no token', '{"message":"hello"}'],
    ['an empty token', '{"token":""}'],
    ['a token with a line break', '{"token":"good\\r\\nx-evil: 1"}'],
    ['a token with a space', '{"token":"go od"}'],
    ['a token that is a number', '{"token":1}'],
    ['more than anybody reads', `{"token":"${'x'.repeat(3_000_000)}"}`],
  ])('that sends %s is an error in one line', async (_, answer) => {
    const registry = await serve((_request, response) => void response.end(answer))
    const failure = { code: 'STORE_MALFORMED', message: 'the token server sent no token' }
    await expect(clientOf(registry.url).ask()).rejects.toMatchObject(failure)
  })
})

describe('an identity token', () => {
  const identity: Credential = { is: 'identity-token', token: 'canary-refresh', from: 'the test' }

  it('is sent by POST, and never in a URL', async () => {
    const registry = await serve(gives({ access_token: 'good' }))
    expect(await clientOf(registry.url, identity).ask()).toBe(200)
    expect(registry.bought).toEqual([{ method: 'POST', url: '/token', body: expect.any(String) }])
    expect(Object.fromEntries(new URLSearchParams(registry.bought[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'regfsck',
      refresh_token: 'canary-refresh',
      service: 's',
      scope: 'repository:app:pull',
    })
  })

  it('that has expired is reported with its place', async () => {
    const registry = await serve((_, response) => void response.writeHead(401).end('{"error":"invalid_grant"}'))
    const failure = clientOf(registry.url, identity).ask()
    await expect(failure).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: 'the token server answered 401; tried the identity token of the test',
    })
  })
})

describe('a token file', () => {
  const file = join(directory, 'token')
  const credential: Credential = { is: 'token-file', from: file }

  it('is read for each request, and again if it was replaced meanwhile', async () => {
    writeFileSync(file, 'first\n')
    const registry = await serve(() => undefined)
    registry.valid = 'first'
    const { ask } = clientOf(registry.url, credential)
    expect(await ask()).toBe(200)
    writeFileSync(file, 'second')
    registry.valid = 'second'
    expect(await ask()).toBe(200)
    // Exchanged between the reading and the refusal.
    registry.valid = 'third'
    registry.refuses = () => {
      writeFileSync(file, 'third')
    }
    expect(await ask()).toBe(200)
  })

  it('that is refused and did not change is not tried again', async () => {
    writeFileSync(file, 'canary-wrong')
    const registry = await serve(() => undefined)
    const { client, ask } = clientOf(registry.url, credential)
    expect(await ask()).toBe(401)
    expect(client.tried).toBe(`tried the token of ${file}`)
    expect(registry.bought).toEqual([])
  })

  it.each([
    ['is empty', ' \n'],
    ['contains more than one token', 'canary-one\ncanary-two'],
    ['cannot be read: ENOENT', undefined],
  ])('that %s is an error which does not quote it', async (why, content) => {
    if (content === undefined) rmSync(file)
    else writeFileSync(file, content)
    const registry = await serve(() => undefined)
    const message = `the token file ${file} ${why}`
    await expect(clientOf(registry.url, credential).ask()).rejects.toMatchObject({ code: 'STORE_DENIED', message })
  })
})

describe('a credential helper', () => {
  const timesRun = (): number => readFileSync(runs, 'utf8').split('\n').length - 1
  const knows = 'echo \'{"Username":"me","Secret":"pw"}\''

  it('is run once for many requests, and its credential is sent to the token server', async () => {
    const registry = await serve((request, response) => {
      const known = request.headers.authorization === `Basic ${Buffer.from('me:pw').toString('base64')}`
      response.end(JSON.stringify(known ? { token: 'good' } : {}))
    })
    const { ask } = clientOf(registry.url, helperThat(knows))
    const scopes = Array.from({ length: 5 }, (_, n) => `repository:app-${n}:pull`)
    expect(await Promise.all(scopes.map((scope) => ask(scope)))).toEqual(Array(5).fill(200))
    expect(timesRun()).toBe(1)
  })

  it('is not run for a registry without authentication', async () => {
    const server = createServer((_, response) => void response.end())
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { ask } = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, helperThat(knows))
    expect(await ask()).toBe(200)
    expect(timesRun()).toBe(0)
  })

  it('that fails is reported when it is needed, and is not run again', async () => {
    const registry = await serve(gives({ token: 'good' }))
    const { ask } = clientOf(registry.url, helperThat('echo canary; exit 7'))
    for (let n = 0; n < 2; n++)
      await expect(ask()).rejects.toMatchObject({
        code: 'STORE_DENIED',
        message: expect.stringMatching(/^the helper ended with 7; to see why: /),
      })
    expect(timesRun()).toBe(1)
  })

  it('that has no credential for the host leads to an anonymous token', async () => {
    const registry = await serve(gives({ token: 'good' }))
    registry.valid = 'other'
    const { client, ask } = clientOf(registry.url, helperThat('echo credentials not found in native keychain; exit 1'))
    expect(await ask()).toBe(401)
    expect(client.tried).toBe('no credential was found for it: the helper knows none')
  })
})

it.each<[string, Credential]>([
  ['known from the start', { is: 'identity-token', token: 'refresh', from: 'the test' }],
  ['known to a helper', helperThat('echo \'{"Username":"<token>","Secret":"refresh"}\'', 'the test')],
])('an identity token, %s, is not a password, and is not reported as tried', async (_, credential) => {
  const server = createServer((_request, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { client, ask } = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, credential)
  expect(await ask()).toBe(401)
  expect(client.tried).toBe('it asked for the identity token of the test in an unknown way')
})
