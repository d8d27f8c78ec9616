import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { image } from '../../support/builders/images.ts'
import { reportIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'
import { type Quirk, type SimulatedRegistry, sendBlob, simulateRegistry } from '../../support/simulated/registry.ts'

const images = Array.from({ length: 6 }, (_, n) => image(`pulled-${n}`))
let hub: SimulatedRegistry

afterEach(() => hub.stop())

/**
 * Simulated: Docker Hub, which says with each response about a manifest how many pulls are left, counts each GET of one, and
 * answers 429 where none is left.
 *
 * @see Docker, "Docker Hub usage and limits"
 */
function pullsLeft(remaining: number, refusal: Readonly<Record<string, string>> = {}): Quirk {
  let left = remaining
  const blobs = new Map(
    images.flatMap(({ config, layers }) => [config, ...layers]).map((each) => [each.descriptor.digest, each.bytes]),
  )
  return (request, response) => {
    const [, what, name = ''] = /^\/v2\/app\/(manifests|blobs)\/(.*)$/.exec(request.path.pathname) ?? []
    const bytes = blobs.get(name)
    if (what === 'blobs' && bytes !== undefined) sendBlob(request, response, bytes)
    if (what !== 'manifests') return what === 'blobs'
    const isPull = request.method === 'GET'
    const mayPull = !isPull || left > 0
    if (isPull && left > 0) left--
    for (const [header, value] of Object.entries(limitHeaders(left))) response.setHeader(header, value)
    if (mayPull) sendManifest(name, response)
    else
      response
        .writeHead(429, refusal)
        .end(
          JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit' }] }),
        )
    return true
  }
}

function limitHeaders(left: number): Readonly<Record<string, string>> {
  return {
    'ratelimit-limit': '100;w=21600',
    'ratelimit-remaining': `${left};w=21600`,
    'docker-ratelimit-source': '192.0.2.7',
  }
}

function sendManifest(name: string, response: ServerResponse): void {
  const found = images.find(({ descriptor }, n) => [`t${n}`, descriptor.digest].includes(name))
  response.writeHead(found === undefined ? 404 : 200, {
    'content-type': found?.descriptor.mediaType ?? 'application/json',
    'docker-content-digest': found?.descriptor.digest ?? '',
    'content-length': found?.bytes.byteLength ?? 0,
  })
  response.end(found?.bytes)
}

async function check(quirk: Quirk, ...flags: readonly string[]) {
  hub = await simulateRegistry(images[0] ?? image('none'), quirk)
  return again(...flags)
}

function again(...flags: readonly string[]) {
  const names = images.map((_, n) => `${hub.url}/app:t${n}`)
  return regfsckHere(['check', '--recheck-delay=0', ...flags, ...names], { env: { HOME: scratch() } })
}

const asked = (method: string) => hub.asked.filter((line) => line.startsWith(`${method} /v2/app/manifests/`))

describe('simulated: Docker Hub', () => {
  it('is asked once with GET for each manifest, and the report says what counted, and what is left', async () => {
    const ran = await check(pullsLeft(80), '--output=json')
    expect(ran.code).toBe(0)
    expect(asked('GET')).toHaveLength(images.length)
    const pulls = reportIn(ran).targets.flatMap((target) => ('pulls' in target ? target.pulls : []))
    expect(pulls).toEqual(
      images.flatMap(() => [
        {
          host: hub.host,
          counted: 1,
          limit: 100,
          seconds: 21600,
          remaining: expect.any(Number),
          countedFor: '192.0.2.7',
        },
      ]),
    )
    const table = await again()
    expect(table.stderr).toContain(`${hub.host}: 6 requests counted as pulls; 68 of 100 are left (in 6 h)\n`)
    expect(table.stderr).not.toContain('192.0.2.7')
  })

  it('is not asked for more than is left: it need not refuse, and the rest is unchecked', async () => {
    const ran = await check(pullsLeft(4), '--output=json')
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain(
      `${hub.host} allows 100 pulls in 6 h, and 4 are left for 6 images: the rest will be unchecked.`,
    )
    expect(asked('GET')).toHaveLength(4)
    const { targets } = reportIn(ran)
    expect(targets.filter(({ complete }) => complete)).toHaveLength(4)
    expect(targets.flatMap(({ unchecked }) => unchecked)).toMatchObject(
      [1, 2].map(() => ({
        because: 'STORE_THROTTLED',
        detail: expect.stringMatching(/^allows 100 pulls in 6 h, and none is left: try again by \d{4}-\d\d-\d\dT/),
      })),
    )
  })

  it('is not asked again after a refusal for pulls, and the report says when to try again', async () => {
    let isFirst = true
    const refuses = pullsLeft(0)
    // The headers of the HEAD come from another machine of the hub, which still has one left.
    const quirk: Quirk = (request, response) => {
      if (request.method !== 'HEAD' || !request.path.pathname.includes('/manifests/')) return refuses(request, response)
      for (const [header, value] of Object.entries(limitHeaders(isFirst ? 1 : 0))) response.setHeader(header, value)
      isFirst = false
      sendManifest(request.path.pathname.split('/').at(-1) ?? '', response)
      return true
    }
    const ran = await check(quirk, '--output=json', '--concurrency=1')
    expect(ran.code).toBe(3)
    expect(asked('GET').length).toBeLessThanOrEqual(1)
    expect(ran.stdout).toContain('try again by ')
  })

  it('costs nothing for manifests that are known', async () => {
    const flag = `--manifest-cache=${scratch()}`
    expect((await check(pullsLeft(6), flag)).code).toBe(0)
    const before = asked('GET').length
    const ran = await again(flag)
    expect([ran.code, asked('GET').length - before]).toEqual([0, 0])
  })

  it('that asks for a pause is not asked before, and the report says until when', async () => {
    const quirk: Quirk = (request, response) =>
      request.path.pathname.includes('/manifests/') && Boolean(response.writeHead(429, { 'retry-after': '3600' }).end())
    const ran = await check(quirk, '--output=json', '--concurrency=1')
    expect(ran.code).toBe(3)
    expect(hub.asked.filter((line) => line.includes('/manifests/')).length).toBeLessThanOrEqual(2)
    expect(ran.stdout).toMatch(/asked clients to wait until \d{4}-/)
  })

  it('says nothing of pulls where headers of that name limit something else', async () => {
    const quirk: Quirk = (request, response) => {
      response.setHeader('ratelimit-limit', '600')
      response.setHeader('ratelimit-remaining', '0')
      return (
        request.path.pathname.includes('/manifests/') &&
        Boolean(sendManifest(request.path.pathname.split('/').at(-1) ?? '', response) ?? true)
      )
    }
    const ran = await check(
      (request, response) => quirk(request, response) || pullsLeft(0)(request, response),
      '--output=json',
    )
    expect(ran.code).toBe(0)
    expect(ran.stdout).not.toContain('"pulls"')
  })
})
