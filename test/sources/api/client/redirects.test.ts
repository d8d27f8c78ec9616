import { describe, expect, it } from 'vitest'
import type { Credential } from '../../../../src/sources/api/auth/credentials.ts'
import { forbiddenAddress } from '../../../../src/sources/api/client/redirect-policy.ts'
import { clientOf, type SimulatedHost, serve } from '../../../support/simulated/host.ts'

const CODES = [301, 302, 303, 307, 308] as const
const PASSWORD = 'canary-password'
const ENCODED = Buffer.from(`me:${PASSWORD}`).toString('base64')
const credential: Credential = { is: 'basic', username: 'me', password: PASSWORD, from: 'the test' }
const BLOB = { mayRedirectElsewhere: true }

/** Simulated: a registry that asks for a password, and then sends on whoever has it. */
function sendingOn(status: number, location: (url: string) => string, address = '127.0.0.1'): Promise<SimulatedHost> {
  return serve(
    (request, response) => {
      if (request.headers.authorization !== `Basic ${ENCODED}`)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else response.writeHead(status, { location: location(request.url ?? '') }).end()
    },
    { address },
  )
}

function authorizationsOf({ requests }: SimulatedHost): (string | undefined)[] {
  return requests.map(({ headers }) => headers.authorization)
}

describe.each(CODES)('a redirect by %i', (status) => {
  it.each([
    ['host', '127.0.0.2'],
    ['port', '127.0.0.1'],
  ])('to another %s carries no credential, even if asked for one', async (_, address) => {
    const challenge = [`Bearer realm="http://${address}/token",service="s"`, 'Basic realm="y"']
    const elsewhere = await serve(
      (_request, response) => void response.writeHead(401, { 'www-authenticate': challenge }).end(),
      { address },
    )
    const registry = await sendingOn(status, () => `${elsewhere.url}/blob`)
    const { ask } = clientOf(registry.url, { credential })
    expect((await ask('v2/app/blobs/x', BLOB)).status).toBe(401)
    expect(authorizationsOf(elsewhere)).toEqual([undefined])
    expect(JSON.stringify(elsewhere.requests.map(({ url, rawHeaders }) => [url, rawHeaders]))).not.toMatch(
      /canary|bWU6/,
    )
    // One question without and one with it: the stranger's challenge makes it answer nobody anew.
    expect(authorizationsOf(registry)).toEqual([undefined, `Basic ${ENCODED}`])
  })

  it('to the same host is followed, with the credential', async () => {
    const registry = await serve((request, response) => {
      if (request.headers.authorization !== `Basic ${ENCODED}`)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else if (request.url === '/moved') response.end('x')
      else response.writeHead(status, { location: '/moved' }).end()
    })
    const { ask } = clientOf(registry.url, { credential })
    expect((await ask()).status).toBe(200)
    expect(authorizationsOf(registry)).toEqual([undefined, `Basic ${ENCODED}`, `Basic ${ENCODED}`])
  })
})

describe('a redirect', () => {
  it('back to the registry from another host carries no credential', async () => {
    const elsewhere = await serve(
      (_, response) => void response.writeHead(307, { location: `${registry.url}/v2/private/blobs/y` }).end(),
      { address: '127.0.0.2' },
    )
    const registry: SimulatedHost = await sendingOn(307, () => `${elsewhere.url}/blob`)
    const answer = await clientOf(registry.url, { credential }).ask('v2/app/blobs/x', BLOB)
    expect(answer.status).toBe(401)
    const asked = registry.requests.map(({ url, headers }) => [url, headers.authorization !== undefined])
    expect(asked).toContainEqual(['/v2/private/blobs/y', false])
    expect(asked).not.toContainEqual(['/v2/private/blobs/y', true])
  })

  it.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1/blob',
    'javascript:alert(1)',
    'data:,x',
    'http://',
    'http://[::1',
    '//',
  ])('to %s is refused', async (location) => {
    const registry = await serve((_, response) => void response.writeHead(307, { location }).end())
    await expect(clientOf(registry.url).ask('v2/app/blobs/x', BLOB)).rejects.toMatchObject({ code: 'STORE_MALFORMED' })
    expect(registry.requests.length).toBe(1)
  })

  it('of /v2/ is not followed to another origin, whatever its status', async () => {
    const elsewhere = await serve((_, response) => void response.end('{}'))
    for (const status of CODES) {
      const registry = await serve((_, response) => void response.writeHead(status, { location: elsewhere.url }).end())
      await expect(clientOf(registry.url).ask('v2/')).rejects.toMatchObject({
        code: 'STORE_MALFORMED',
        message: `redirects to another host, ${elsewhere.host}: if that is the registry, write ${elsewhere.url}`,
      })
    }
    expect(elsewhere.requests).toEqual([])
  })

  it('without a Location is a response', async () => {
    const registry = await serve((_, response) => void response.writeHead(307).end())
    expect((await clientOf(registry.url).ask('v2/app/blobs/x', BLOB)).status).toBe(307)
  })
})

describe('a blob cannot be', () => {
  const registry = new URL('https://registry.example.com/')

  it.each([
    ['the metadata service of a cloud', 'http://169.254.169.254/latest/meta-data/'],
    ['the same in one number', 'http://2852039166/'],
    ['the same in hexadecimal', 'http://0xa9fea9fe/'],
    ['the same in octal', 'http://0251.0376.0251.0376/'],
    ['the same with a part left out', 'http://169.254.43518/'],
    ['the same in full-width digits', 'http://１６９.254.169.254/'],
    ['the same inside IPv6', 'http://[::ffff:169.254.169.254]/'],
    ['the same inside IPv6, as numbers', 'http://[::ffff:a9fe:a9fe]/'],
    ['the same behind NAT64', 'http://[64:ff9b::169.254.169.254]/'],
    ['the metadata service over IPv6', 'http://[fd00:ec2::254]/'],
    ['that of another cloud', 'http://100.100.100.200/'],
    ['any link-local address', 'http://[fe80::1]/'],
    ['no address at all', 'http://0.0.0.0/'],
    ['no address at all, in IPv6', 'http://[::]/'],
    ['everybody', 'http://255.255.255.255/'],
    ['this host', 'http://127.0.0.1/'],
    ['this host, shortened', 'http://127.1/'],
    ['this host, in hexadecimal', 'http://0x7f.1/'],
    ['this host, in one number', 'http://2130706433/'],
    ['this host, in IPv6', 'http://[::1]/'],
    ['this host, inside IPv6', 'http://[::ffff:7f00:1]/'],
    ['this host, by its name', 'http://localhost:9000/'],
    ['this host, by its name with a dot', 'http://localhost./'],
    ['this host, by a name below that', 'http://s3.localhost/'],
  ])('at %s (%s)', (_, url) => {
    expect(forbiddenAddress(new URL(url), registry)).toBeTypeOf('string')
  })

  it.each([
    'https://bucket.s3.amazonaws.com/x',
    'http://10.0.0.7:9000/x',
    'http://192.168.1.4/x',
    'http://172.16.0.1/x',
    'http://[fd12:3456::1]/x',
    'http://minio:9000/x',
    'https://localhost.example.com/x',
  ])('but it can be at %s', (url) => {
    expect(forbiddenAddress(new URL(url), registry)).toBeUndefined()
  })

  it.each(['127.0.0.1', 'localhost'])('and on loopback if the registry is there too (%s)', (host) => {
    expect(forbiddenAddress(new URL('http://127.0.0.1:9000/x'), new URL(`http://${host}:5000/`))).toBeUndefined()
    expect(forbiddenAddress(new URL('http://169.254.169.254/'), new URL(`http://${host}:5000/`))).toBeTypeOf('string')
  })

  it('and this is checked for each redirect before anything is sent', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
    const hosts = await serve((_, response) => void response.writeHead(307, { location }).end())
    await expect(clientOf(hosts.url).ask('v2/app/blobs/x', BLOB)).rejects.toMatchObject({
      code: 'STORE_MALFORMED',
      message: 'redirects to 169.254.169.254, which is not an address for registry content',
    })
  })
})
