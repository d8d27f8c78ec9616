import { describe, expect, it } from 'vitest'
import { RateLimiter } from '../../../../src/sources/api/client/rate-limiter.ts'
import { clientOf, serve } from '../../../support/simulated/host.ts'

describe('the interval between requests', () => {
  it('is zero without a limit', () => {
    const rate = new RateLimiter(undefined)
    expect([rate.take(7), rate.take(7), rate.take(7)]).toEqual([7, 7, 7])
  })

  it('grows once for all requests that are refused together, and shrinks slowly', () => {
    const rate = new RateLimiter(undefined)
    for (let n = 0; n < 8; n++) rate.refused(429, { n }, 90, 100)
    expect(rate.interval).toBe(50)
    rate.refused(429, {}, 110, 120)
    expect([rate.interval, rate.take(0), rate.take(0)]).toEqual([75, 195, 270])
    for (let n = 0; n < 10; n++) rate.answered()
    expect(rate.interval).toBeGreaterThan(50)
    for (let n = 0; n < 500; n++) rate.answered()
    expect(rate.interval).toBe(0)
  })

  it('grows once for one request that is refused repeatedly', () => {
    const rate = new RateLimiter(undefined)
    const question = {}
    for (let n = 0; n < 8; n++) rate.refused(429, question, n, n)
    expect(rate.interval).toBe(50)
  })

  it('is never shorter than the operator allows, nor longer than four seconds', () => {
    const rate = new RateLimiter(10)
    for (let n = 0; n < 500; n++) rate.answered()
    expect(rate.interval).toBe(100)
    for (let n = 0; n < 50; n++) rate.refused(429, { n }, n, n)
    expect(rate.interval).toBe(4000)
    const unavailable = new RateLimiter(undefined)
    for (let n = 0; n < 50; n++) unavailable.refused(503, { n }, n, n)
    expect(unavailable.interval).toBe(500)
  })
})

it.each([429, 503])(
  'a server that takes 100 requests a second, and says %i to others, answers all',
  async (status) => {
    let level = 0
    let before = performance.now()
    let refused = 0
    const registry = await serve((_, response) => {
      const now = performance.now()
      level = Math.max(0, level - ((now - before) * 100) / 1000)
      before = now
      if (level > 2) {
        refused++
        response.writeHead(status).end()
      } else {
        level++
        response.end()
      }
    })
    const { ask } = clientOf(registry.url)
    const answers = await Promise.all(Array.from({ length: 150 }, (_, n) => ask(`v2/${n}`)))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(75)
  },
  20_000,
)

it('one object that is always throttled does not stop the others, and is given up', async () => {
  const registry = await serve(({ url }, response) => void response.writeHead(url === '/v2/bad' ? 429 : 200).end())
  const { ask } = clientOf(registry.url, { timeout: 1000 })
  const bad = ask('v2/bad')
  const good = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(`v2/${n}`)))
  expect(good.every(({ status }) => status === 200)).toBe(true)
  expect((await bad).status).toBe(429)
  expect(registry.requests.length).toBeLessThan(50 + 31)
}, 30_000)
