import { describe, expect, it } from 'vitest'
import { type Ran, targetIn } from '../../support/cli.ts'
import { image } from '../../support/images.ts'
import { regfsckHere } from '../../support/in-process.ts'
import { type Quirk, simulateRegistry } from '../../support/simulated-registry.ts'

const node = image('behind-a-proxy')

async function run(args: readonly string[], quirk: Quirk): Promise<Ran & { readonly host: string }> {
  const registry = await simulateRegistry(node, quirk)
  try {
    const [command = '', ...rest] = args
    const where = command === 'check' ? `${registry.url}/app:latest` : registry.url
    const flags = ['--output=json', '--recheck-delay=0', '--request-timeout=1s']
    return { ...(await regfsckHere([command, ...flags, ...rest, where])), host: registry.host }
  } finally {
    await registry.stop()
  }
}

/** What a proxy says of a registry that is not there just now, in its own name. */
const nobodyHere =
  (type: string, matches: RegExp): Quirk =>
  ({ path }, response) => {
    if (!matches.test(path.pathname)) return false
    response.writeHead(404, { 'content-type': type }).end('404 page not found\n')
    return true
  }
const PROXIES = ['text/plain; charset=utf-8', 'text/html']

describe('simulated: a 404 of a proxy says nothing about the registry behind it', () => {
  it.each(PROXIES)('and makes no repository empty (%s)', async (type) => {
    const ran = await run(['scan'], nobodyHere(type, /tags\/list$/))
    expect(targetIn(ran)).toMatchObject({
      complete: false,
      findings: [],
      unchecked: [{ repository: 'app', because: 'STORE_MALFORMED' }],
    })
    expect(ran.code).toBe(3)
  })

  it.each(PROXIES)('and makes no tag, manifest or blob missing (%s)', async (type) => {
    for (const what of [/manifests\/latest/, /manifests\/sha256/, /blobs\//])
      for (const command of ['scan', 'check']) {
        const ran = await run([command], nobodyHere(type, what))
        expect([what, targetIn(ran).findings]).toEqual([what, []])
        expect(ran.code).toBe(3)
      }
  })

  it('while that of a registry does', async () => {
    const gone = nobodyHere('application/json', /blobs\//)
    expect(
      targetIn(await run(['scan'], gone))
        .findings.map(({ code }) => code)
        .sort(),
    ).toEqual(['config-missing', 'layer-missing', 'layer-missing'])
    const empty = await run(['scan'], ({ path }, response) => {
      if (!path.pathname.endsWith('/tags/list')) return false
      response
        .writeHead(404)
        .end('{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}')
      return true
    })
    expect([empty.code, targetIn(empty).complete]).toEqual([0, true])
  })
})

describe('simulated: an answer that is cut short', () => {
  const cutOnce = (matches: RegExp): Quirk => {
    let left = 1
    return ({ path, method }, response) => {
      if (method === 'HEAD' || !matches.test(path.pathname) || left-- === 0) return false
      response.writeHead(200, { 'content-length': 500, 'content-type': 'application/json' })
      response.write('{"schema')
      setTimeout(() => response.destroy(), 20)
      return true
    }
  }
  it.each([/_catalog/, /tags\/list$/, /manifests\/sha256/])('is asked for again (%s)', async (what) => {
    const ran = await run(['scan'], cutOnce(what))
    expect(targetIn(ran)).toMatchObject({ complete: true, findings: [], unchecked: [] })
  })
})

it('simulated: the signature of a URL in an object store is told to nobody', async () => {
  const toStore: Quirk = ({ path }, response) => {
    if (!path.pathname.includes('/blobs/')) return false
    response.writeHead(307, { location: 'http://me:canary@127.0.0.1:9/b?X-Amz-Signature=canary' }).end()
    return true
  }
  const ran = await run(['scan'], toStore)
  expect(targetIn(ran).unchecked.length).toBeGreaterThan(0)
  expect(ran.stdout + ran.stderr).not.toContain('canary')
})
