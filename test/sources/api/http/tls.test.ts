import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { scratch } from '../../../support/scratch.ts'
import { type Authority, type KeyPair, makeAuthority } from '../../../support/servers/certificate-authority.ts'
import { describeWithServers } from '../../../support/servers/required.ts'
import { clientOf, serve, serveRaw } from '../../../support/simulated/host.ts'

const directory = scratch()
const BLOB = { mayRedirectElsewhere: true }

describeWithServers(['openssl'], 'a server certificate', () => {
  let trusted: Authority
  let unknown: Authority
  let sound: KeyPair
  let client: KeyPair

  const failures = {
    'of an unknown authority': () => unknown.issue('unknown'),
    'that vouches for itself': () => {
      const { ca, key } = makeAuthority(join(directory, 'self'))
      return { cert: ca, key }
    },
    'that is out of date': () => trusted.issue('late', { until: '20210101000000Z' }),
    'for another host': () => trusted.issue('other', { san: 'DNS:registry.example.com' }),
  }
  const titles = Object.keys(failures) as (keyof typeof failures)[]

  beforeAll(() => {
    trusted = makeAuthority(join(directory, 'trusted'))
    unknown = makeAuthority(join(directory, 'unknown'))
    sound = trusted.issue('sound')
    client = trusted.issue('client')
  })

  it('that is valid is trusted if its authority is', async () => {
    const registry = await serve((_, response) => void response.end(), { tls: sound })
    expect((await clientOf(registry.url, { ca: trusted.ca }).ask()).status).toBe(200)
    await expect(clientOf(registry.url).ask()).rejects.toMatchObject({ code: 'STORE_TLS' })
  })

  it.each(titles)('%s is STORE_TLS, and no request is sent', async (failure) => {
    const registry = await serve((_, response) => void response.end(), { tls: failures[failure]() })
    await expect(clientOf(registry.url, { ca: trusted.ca }).ask()).rejects.toMatchObject({ code: 'STORE_TLS' })
    expect(registry.requests).toEqual([])
  })

  it.each(titles)('%s is not verified for a host that is named as insecure', async (failure) => {
    const registry = await serve((_, response) => void response.end(), { tls: failures[failure]() })
    const { hostname } = new URL(registry.url)
    for (const insecureHosts of [[registry.host], [hostname]])
      expect((await clientOf(registry.url, { insecureHosts }).ask()).status).toBe(200)
    for (const insecureHosts of [[`${hostname}:1`], ['127.0.0.10'], ['127.0.0'], ['*'], ['']])
      await expect(clientOf(registry.url, { insecureHosts }).ask()).rejects.toMatchObject({ code: 'STORE_TLS' })
  })

  it('is verified for a host that an insecure one redirects to', async () => {
    const tls = unknown.issue('store', { san: 'IP:127.0.0.2' })
    const store = await serve((_, response) => void response.end(), { address: '127.0.0.2', tls })
    const answer = (location: string) =>
      serve((_, response) => void response.writeHead(307, { location }).end(), { tls })
    const registry = await answer(`${store.url}/x`)
    const { ask } = clientOf(registry.url, { insecureHosts: [registry.host] })
    await expect(ask('v2/app/blobs/x', BLOB)).rejects.toMatchObject({ code: 'STORE_TLS' })
    expect([registry.requests.length, store.requests.length]).toEqual([1, 0])
  })

  it.each([301, 302, 303, 307, 308])('cannot be bypassed: %i from https to http is refused', async (status) => {
    const plain = await serve((_, response) => void response.end())
    const registry = await serve(
      (_, response) => void response.writeHead(status, { location: `${plain.url}/x` }).end(),
      {
        tls: sound,
      },
    )
    await expect(clientOf(registry.url, { ca: trusted.ca }).ask('v2/app/blobs/x', BLOB)).rejects.toMatchObject({
      code: 'STORE_MALFORMED',
      message: 'redirects from https to http',
    })
    expect(plain.requests).toEqual([])
  })

  it.each([
    ['plain HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['nonsense', 'nonsense'],
  ])('that does not exist (%s answers) does not lead to plain HTTP', async (_, answer) => {
    const said: string[] = []
    const url = await serveRaw((socket) => {
      socket.on('data', (bytes) => said.push(bytes.toString('latin1')))
      socket.once('data', () => socket.end(answer))
    })
    await expect(clientOf(url.replace('http:', 'https:')).ask()).rejects.toMatchObject({ code: 'STORE_TLS' })
    expect(said.join('')).not.toContain('HTTP/1.1')
  })

  it('of the client is sent to the registry, not to its object store', async () => {
    const shown: string[] = []
    const listener =
      (name: string, location?: string) =>
      ({ socket }: { socket: object }, response: Reply) => {
        const { subject } = (socket as { getPeerCertificate(): { subject?: { CN: string } } }).getPeerCertificate()
        shown.push(`${name}: ${subject?.CN}`)
        response.writeHead(location === undefined ? 200 : 307, location === undefined ? {} : { location }).end()
      }
    const asking = { requestCert: true, rejectUnauthorized: false }
    const store = await serve(listener('store'), { tls: { ...sound, ...asking } })
    const registry = await serve(listener('registry', `${store.url}/x`), { tls: { ...sound, ...asking } })
    await clientOf(registry.url, { ca: trusted.ca, client }).ask('v2/app/blobs/x', BLOB)
    expect(shown).toEqual(['registry: client', 'store: undefined'])
  })
})

interface Reply {
  writeHead(status: number, headers: Record<string, string>): { end(): unknown }
}
