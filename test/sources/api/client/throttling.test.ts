import { afterEach, describe, expect, it, vi } from 'vitest'
import { retryAfter } from '../../../../src/sources/api/http/backoff.ts'
import { clientOf, type SimulatedHost, serve } from '../../../support/simulated/host.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    ['007', 7000],
    ['1000000000', 1e12],
    ['9'.repeat(400), Infinity],
    ['Fri, 20 Nov 2026 12:00:09 GMT', 9000],
    ['Friday, 20-Nov-26 12:00:09 GMT', 9000],
    ['Fri Nov 20 12:00:09 2026 GMT', 9000],
    ['Fri, 20 Nov 2026 11:59:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59) - NOW],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(retryAfter(text, NOW)).toBe(milliseconds)
  })

  it.each(['', ' ', '-5', '+5', '1.5', '1e9', '0x10', '5 s', 'soon', 'wait 2027', 'Fri, never', '٣', 'NaN'])(
    '%j says nothing',
    (text) => {
      expect(retryAfter(text, NOW)).toBeUndefined()
    },
  )

  it('is ignored if it is sent twice', () => {
    expect(retryAfter(['1', '2'], NOW)).toBeUndefined()
  })
})

/** Simulated: a server that throttles everybody, always in the same words. */
function throttling(status: number, retry: string | undefined, address?: string): Promise<SimulatedHost> {
  return serve(
    (_, response) => void response.writeHead(status, retry === undefined ? {} : { 'retry-after': retry }).end(),
    address === undefined ? {} : { address },
  )
}

describe('a registry that throttles', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each(['3600', '1000000000', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'and asks for %s is not waited for, and not asked again',
    async (retry) => {
      const registry = await throttling(429, retry)
      const { ask } = clientOf(registry.url)
      const started = performance.now()
      expect((await ask()).status).toBe(429)
      for (let n = 0; n < 3; n++)
        await expect(ask()).rejects.toMatchObject({
          code: 'STORE_THROTTLED',
          message: expect.stringMatching(/^asked clients to wait until \d{4}-/),
        })
      expect(performance.now() - started).toBeLessThan(1000)
      expect(registry.requests.length).toBe(1)
    },
  )

  it('gets requests again after that time', async () => {
    const registry = await throttling(429, '3600')
    const { ask } = clientOf(registry.url)
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW })
    await ask()
    await expect(ask()).rejects.toMatchObject({ code: 'STORE_THROTTLED' })
    vi.advanceTimersByTime(3_601_000)
    expect((await ask()).status).toBe(429)
    expect(registry.requests.length).toBe(2)
  })

  it('with 503 for an hour stops no other request: it may be about one object', async () => {
    const registry = await serve((request, response) => {
      response.writeHead(request.url === '/v2/' ? 200 : 503, { 'retry-after': '3600' }).end()
    })
    const { ask } = clientOf(registry.url)
    expect((await ask('v2/app/blobs/x')).status).toBe(503)
    expect((await ask()).status).toBe(200)
    expect(registry.requests.length).toBe(2)
  })

  it.each(['0', 'soon', '-1', undefined])('with Retry-After %s gets five requests, never at once', async (retry) => {
    const times: number[] = []
    const registry = await serve((_, response) => {
      times.push(performance.now())
      response.writeHead(429, retry === undefined ? {} : { 'retry-after': retry }).end()
    })
    expect((await clientOf(registry.url).ask()).status).toBe(429)
    const waits = times.slice(1).map((time, n) => time - (times[n] ?? 0))
    expect(waits.length).toBe(4)
    for (const [n, wait] of waits.entries()) expect(wait).toBeGreaterThan(95 * 2 ** n)
  })

  it('and asks to wait a second gets no request for a second', async () => {
    let until = 0
    const early: string[] = []
    const registry = await serve((request, response) => {
      const now = performance.now()
      if (until === 0) until = now + 990
      else if (now < until) early.push(request.url ?? '')
      response.writeHead(now < until ? 429 : 200, { 'retry-after': '1' }).end()
    })
    const { ask } = clientOf(registry.url)
    const first = ask('v2/first')
    while (until === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const others = await Promise.all([first, ask('v2/second'), ask('v2/third')])
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(early).toEqual([])
  })

  it('forever counts as a host that does not answer', async () => {
    const registry = await throttling(429, '0')
    const { ask } = clientOf(registry.url, { unresponsiveAfter: 100 })
    await Promise.allSettled([ask(), ask(), ask(), ask()])
    const asked = registry.requests.length
    expect(asked).toBeLessThan(20)
    await expect(ask()).rejects.toMatchObject({ code: 'STORE_THROTTLED' })
    expect(registry.requests.length).toBe(asked)
  })
})

it('an object store that throttles delays its blob, and no request to the registry', async () => {
  const store = await throttling(503, '30', '127.0.0.2')
  const registry = await serve((request, response) => {
    if (request.url?.includes('/blobs/')) response.writeHead(307, { location: `${store.url}/x` }).end()
    else response.end()
  })
  const { client, ask } = clientOf(registry.url)
  const stopped = new AbortController()
  const question = { method: 'GET', path: 'v2/app/blobs/x', scope: '', mayRedirectElsewhere: true } as const
  const blob = client.send(question, stopped.signal).catch((error) => error.code)
  while (store.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  const started = performance.now()
  expect((await ask()).status).toBe(200)
  expect(performance.now() - started).toBeLessThan(1000)
  stopped.abort()
  await blob
})
