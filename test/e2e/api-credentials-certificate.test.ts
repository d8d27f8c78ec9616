import { readFileSync } from 'node:fs'
import { request as ask, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type Certificate, makeCertificate } from '../support/servers/certificate.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const directory = scratch()

describeWithServers(['docker-registry', 'openssl'], 'a registry that asks for a certificate', () => {
  let server: Certificate
  let client: Certificate
  let stranger: Certificate
  let registry: RunningRegistry

  beforeAll(async () => {
    server = makeCertificate(join(directory, 'server'))
    client = makeCertificate(join(directory, 'client'))
    stranger = makeCertificate(join(directory, 'stranger'))
    const tls = { certificate: server.cert, key: server.key, clientcas: [client.cert] }
    registry = await startRegistry({
      root: copyOfFixture('lawful-artifact', join(directory, 'registry')),
      config: { http: { addr: '127.0.0.1:0', secret: 'for tests only', tls } },
    })
  })

  afterAll(() => registry.stop())

  const scan = (url: string, shown?: Certificate) => {
    const flags = shown === undefined ? [] : [`--client-cert=${shown.cert}`, `--client-key=${shown.key}`]
    return regfsck(['scan', '--output=json', '--all-tags', `--ca-file=${server.cert}`, ...flags, url])
  }

  it('is judged with the one that it knows', async () => {
    const ran = await scan(`https://${registry.host}`, client)
    expect(ran.code).toBe(0)
    expect(targetIn(ran).tags.map(({ verdict }) => verdict)).toEqual(['intact'])
  })

  it.each([
    ['none', () => undefined],
    ['that of a stranger', () => stranger],
  ])('cannot be read with %s: exit 4, and it is reported as a TLS error', async (_, shown) => {
    const ran = await scan(`https://${registry.host}`, shown())
    expect(ran.code).toBe(4)
    expect(targetIn(ran).error).toMatch(
      /\(TLS\): it closed the connection with the TLS alert ".*certificate.*": it may require another --client-cert/,
    )
  })

  it('and whose blobs lie on another host: that one is shown no certificate, though it asks for one', async () => {
    const shown = new Map<string, boolean[]>()
    const passOn =
      (name: string, redirect?: (path: string) => string | undefined): RequestListener =>
      ({ method = '', url = '', headers, socket }, response) => {
        const { subject } = (socket as TLSSocket).getPeerCertificate()
        shown.set(name, [...(shown.get(name) ?? []), subject !== undefined])
        const location = redirect?.(url)
        if (location !== undefined) return void response.writeHead(307, { location }).end()
        const onward = ask(`${behind.url}${url}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        })
        onward.end()
      }
    const behind = await startRegistry({ root: copyOfFixture('lawful-artifact', join(directory, 'behind')) })
    const blobs = await listen(server, passOn('blobs'))
    const redirect = (path: string) => (path.includes('/blobs/') ? `${blobs.url}${path}` : undefined)
    const front = await listen(server, passOn('front', redirect))
    const ran = await scan(front.url, client)
    await Promise.all([front, blobs, behind].map((each) => each.stop()))
    expect(ran.code).toBe(0)
    expect(new Set(shown.get('front'))).toEqual(new Set([true]))
    expect(new Set(shown.get('blobs'))).toEqual(new Set([false]))
  })
})

/** A server that asks for a certificate, and does without. */
async function listen({ cert, key }: Certificate, listener: RequestListener) {
  const secrets = { cert: readFileSync(cert), key: readFileSync(key) }
  const server = createServer({ ...secrets, requestCert: true, rejectUnauthorized: false }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
