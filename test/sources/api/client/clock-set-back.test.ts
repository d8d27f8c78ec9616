import { afterEach, describe, expect, it, vi } from 'vitest'
import { Authorizer } from '../../../../src/sources/api/auth/authorizer.ts'
import { RegistryClient } from '../../../../src/sources/api/client/client.ts'
import { CircuitBreaker } from '../../../../src/sources/api/connect/circuit-breaker.ts'
import { Transport } from '../../../../src/sources/api/http/transport.ts'
import { serve } from '../../../support/simulated/host.ts'

const NOW = Date.UTC(2026, 0, 1, 12)
const signal = new AbortController().signal

afterEach(() => {
  vi.useRealTimers()
})

describe('a clock that is set back by an hour', () => {
  it('delays no request under a rate limit', async () => {
    const { url } = await serve((_, response) => void response.end('{}'))
    const base = new URL(`${url}/`)
    const transport = new Transport(base, { env: {}, timeout: 5000, connections: 4 })
    const authorizer = new Authorizer(transport, base, {
      credential: undefined,
      tokenHosts: [],
      now: () => performance.now(),
    })
    const client = new RegistryClient(base, transport, authorizer, { connections: 4, requestsPerSecond: 50 })
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    const started = performance.now()
    for (const setBack of [0, 1000, 3_600_000]) {
      vi.setSystemTime(NOW - setBack)
      await client.send({ method: 'GET', path: 'v2/', scope: '' }, signal)
    }
    expect(performance.now() - started).toBeLessThan(900)
    await client.close()
  })

  it('delays no request after a server asked to wait a second', async () => {
    let asked = 0
    const { url } = await serve((_, response) => {
      asked++
      response.writeHead(asked === 1 ? 429 : 200, asked === 1 ? { 'retry-after': '1' } : {}).end()
    })
    const base = new URL(`${url}/`)
    const transport = new Transport(base, { env: {}, timeout: 5000, connections: 4 })
    const authorizer = new Authorizer(transport, base, {
      credential: undefined,
      tokenHosts: [],
      now: () => performance.now(),
    })
    const client = new RegistryClient(base, transport, authorizer, { connections: 4 })
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    const started = performance.now()
    const first = client.send({ method: 'GET', path: 'v2/', scope: '' }, signal)
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    vi.setSystemTime(NOW - 3_600_000)
    expect((await first).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(performance.now() - started).toBeLessThan(4000)
    await client.close()
  })

  it('does not change when the circuit breaker opens', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    const breaker = new CircuitBreaker(30)
    const url = new URL('http://silent.example')
    for (let n = 0; n < 12; n++) breaker.onResponse(503, breaker.check(url))
    vi.setSystemTime(NOW - 3_600_000)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(() => breaker.check(url)).toThrow(/has not answered for/)
  })
})
