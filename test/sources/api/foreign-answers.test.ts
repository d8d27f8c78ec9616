import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { image } from '../../support/builders/images.ts'
import { type Ran, targetIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { type Quirk, sendUnknown, simulateRegistry } from '../../support/simulated/registry.ts'

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

  it.each([
    ['JSON of its own (Kong)', '{"message":"no Route matched with those values"}'],
    ['no word at all (Envoy)', ''],
    ['errors without a code', '{"errors":[{"message":"not found"}]}'],
    ['no errors', '{"errors":[]}'],
    ['an error that is no want of a thing', '{"errors":[{"code":"DENIED"}]}'],
    ['prose in the name of JSON', '404 page not found'],
  ])('not with %s either', async (_, body) => {
    for (const what of [/manifests\/latest/, /manifests\/sha256/, /blobs\//])
      for (const command of ['scan', 'check']) {
        const ran = await run([command], ({ path }, response) => {
          if (!what.test(path.pathname)) return false
          response.writeHead(404, { 'content-type': 'application/json' }).end(body)
          return true
        })
        const { findings, unchecked } = targetIn(ran)
        expect([what, findings, ran.code]).toEqual([what, [], 3])
        expect(unchecked[0]).toMatchObject({ detail: expect.stringContaining("not in the registry's own words") })
      }
  })

  it.each([undefined, 'application/json', 'text/plain', 'application/octet-stream', 'text/html'])(
    'while that of a registry does, whatever it calls its body (%s)',
    async (type) => {
      const gone =
        (matches: RegExp, code: string): Quirk =>
        ({ path }, response) => {
          if (!matches.test(path.pathname)) return false
          sendUnknown(response, code, type)
          return true
        }
      const codesOf = (ran: Ran) =>
        targetIn(ran)
          .findings.map(({ code }) => code)
          .sort()
      const lost = ['config-missing', 'layer-missing', 'layer-missing']
      expect(codesOf(await run(['scan'], gone(/blobs\//, 'BLOB_UNKNOWN')))).toEqual(lost)
      expect(codesOf(await run(['check'], gone(/blobs\//, 'NOT_FOUND')))).toEqual(lost)
      expect(codesOf(await run(['scan'], gone(/manifests\//, 'MANIFEST_UNKNOWN')))).toEqual(['tag-dangling'])
      const empty = await run(['scan'], gone(/tags\/list$/, 'NAME_UNKNOWN'))
      expect([empty.code, targetIn(empty).complete]).toEqual([0, true])
    },
  )
})

describe('simulated: a manifest that is hidden by our Accept header', () => {
  const hides =
    (matches: RegExp, otherwise: (response: ServerResponse) => unknown): Quirk =>
    ({ path, headers }, response) => {
      if (!matches.test(path.pathname)) return false
      if (headers.accept?.split(', ').includes('*/*')) {
        otherwise(response)
        return true
      }
      sendUnknown(response, 'MANIFEST_UNKNOWN')
      return true
    }
  const asItIs = (response: ServerResponse) => {
    const digest = node.descriptor.digest
    response.writeHead(200, { 'content-type': node.descriptor.mediaType, 'docker-content-digest': digest })
    response.end(node.bytes)
  }

  it.each(['scan', 'check'])('is not missing (ACR; %s)', async (command) => {
    const ran = await run([command], hides(/manifests\//, asItIs))
    expect([targetIn(ran).findings, ran.code]).toEqual([[], 0])
  })

  it.each([
    ['the same', (response: ServerResponse) => sendUnknown(response, 'MANIFEST_UNKNOWN'), 1],
    ['that it is asked too much', (response: ServerResponse) => response.writeHead(406).end(), 1],
    ['that it is ill', (response: ServerResponse) => response.writeHead(500).end(), 3],
  ])('is checked by the second response: %s', async (_, otherwise, code) => {
    expect((await run(['scan'], hides(/manifests\//, otherwise))).code).toBe(code)
  })
})

describe('simulated: a response that is cut', () => {
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
  it.each([/_catalog/, /tags\/list$/, /manifests\/sha256/])('is requested again (%s)', async (what) => {
    const ran = await run(['scan'], cutOnce(what))
    expect(targetIn(ran)).toMatchObject({ complete: true, findings: [], unchecked: [] })
  })
})

it("simulated: the signature in an object store's URL is never printed", async () => {
  const toStore: Quirk = ({ path }, response) => {
    if (!path.pathname.includes('/blobs/')) return false
    response.writeHead(307, { location: 'http://me:canary@127.0.0.1:9/b?X-Amz-Signature=canary' }).end()
    return true
  }
  const ran = await run(['scan'], toStore)
  expect(targetIn(ran).unchecked.length).toBeGreaterThan(0)
  expect(ran.stdout + ran.stderr).not.toContain('canary')
})
