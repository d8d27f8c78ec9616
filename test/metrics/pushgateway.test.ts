import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { groupPath, pushMetrics } from '../../src/metrics/pushgateway.ts'
import { pushgatewayProblem } from '../../src/metrics/pushgateway-url.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'
import { simulatePushgateway } from '../support/simulated/pushgateway.ts'
import { finding, metricsFor, summary, target, unchecked } from './events.ts'

const FEW = { within: 3000 }

describe('what is sent', () => {
  const sent = async (...events: Parameters<typeof metricsFor>[0]): Promise<string[]> => {
    const gateway = await simulatePushgateway()
    const problems = await pushMetrics(await metricsFor(events), { url: `${gateway.url}/` })
    expect(problems).toEqual([])
    return gateway.taken.map(({ method, path, body }) => {
      expect(body.endsWith('\n')).toBe(true)
      expect(body).not.toMatch(/ \d+ \d+$/m)
      const families = [...body.matchAll(/^# TYPE registry_integrity_(\w+) gauge$/gm)].map(([, name]) => name)
      return `${method} ${path} ${families.filter((name) => /^(run_success|failures|repositories)$/.test(name ?? ''))}`
    })
  }
  const path = '/metrics/job/registry-integrity/registry/lab'

  it('replaces the group after a complete run', async () => {
    expect(await sent(target(), summary())).toEqual([`PUT ${path} run_success,failures,repositories`])
  })

  it('replaces only some families after any other', async () => {
    expect(await sent(target(), unchecked(), summary({ complete: false }))).toEqual([`POST ${path} run_success`])
    expect(await sent(target(), finding(), unchecked(), summary({ complete: false }))).toEqual([
      `POST ${path} run_success,failures`,
    ])
    expect(await sent(target(), { type: 'unreadable', reason: '' })).toEqual([`POST ${path} run_success`])
  })

  it('is a group for each registry', async () => {
    const events = [target({ registry: 'a' }), summary(), target({ registry: 'b' }), summary({ complete: false })]
    expect((await sent(...events)).sort()).toEqual([
      'POST /metrics/job/registry-integrity/registry/b run_success',
      'PUT /metrics/job/registry-integrity/registry/a run_success,failures,repositories',
    ])
  })
})

describe('the path of a group', () => {
  it.each([
    ['hub', '/registry/hub'],
    ['127.0.0.1:5000', '/registry/127.0.0.1:5000'],
    ['a/b', '/registry@base64/YS9i'],
    ['..', '/registry@base64/Li4'],
    ['', '/registry@base64/='],
    ['a b?#%', '/registry@base64/YSBiPyMl'],
    ['größe', '/registry@base64/Z3LDtsOfZQ'],
  ])('of %j is one path and no other', (registry, path) => {
    expect(groupPath({ registry })).toBe(`/metrics/job/registry-integrity${path}`)
  })

  it('names profile and shard', () => {
    const path = '/metrics/job/registry-integrity/registry/hub/profile/deep/shard@base64/MC80'
    expect(groupPath({ registry: 'hub', profile: 'deep', shard: '0/4' })).toBe(path)
  })
})

describe('a simulated Pushgateway', () => {
  const answer =
    (status: number, body = '') =>
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(status, status === 301 ? { location: '/elsewhere' } : {}).end(body)

  it.each([
    [301, '', 'answered 301'],
    [204, '', 'answered 204'],
    [400, 'inconsistent\n', 'answered 400: inconsistent'],
    [413, 'too large', 'answered 413: too large'],
    [503, '', 'answered 503'],
  ])('that answers %i has not taken it, and is asked three times', async (status, body, said) => {
    const gateway = await simulatePushgateway(answer(status, body))
    const problems = await pushMetrics(await metricsFor([target(), summary()]), { url: gateway.url, ...FEW })
    expect(problems).toEqual([`the metrics of "lab" were not delivered: ${gateway.url}, tried 3 times, ${said}`])
    expect(gateway.taken).toHaveLength(3)
    expect(gateway.taken.map(({ path }) => path)).not.toContain('/elsewhere')
  })

  it.each([200, 202])('that answers %i has taken it', async (status) => {
    const gateway = await simulatePushgateway(answer(status))
    expect(await pushMetrics(await metricsFor([target(), summary()]), { url: gateway.url })).toEqual([])
    expect(gateway.taken).toHaveLength(1)
  })

  it('that recovers in time has taken it', async () => {
    let asked = 0
    const gateway = await simulatePushgateway((request, response) => answer(++asked < 3 ? 502 : 200)(request, response))
    expect(await pushMetrics(await metricsFor([target(), summary()]), { url: gateway.url })).toEqual([])
    expect(asked).toBe(3)
  })

  it('that does not answer is not waited for beyond the limit', async () => {
    const gateway = await simulatePushgateway(() => undefined)
    const started = performance.now()
    const problems = await pushMetrics(await metricsFor([target(), summary()]), { url: gateway.url, within: 2100 })
    expect(performance.now() - started).toBeLessThan(3000)
    expect(problems).toEqual([expect.stringMatching(/tried 3 times, did not answer within [\d.]+ s$/)])
  })

  it('that keeps sending an answer is not waited for either', async () => {
    const gateway = await simulatePushgateway((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 20)
      response.once('close', () => clearInterval(drip))
    })
    const problems = await pushMetrics(await metricsFor([target(), summary()]), { url: gateway.url, within: 1800 })
    expect(problems).toEqual([expect.stringContaining('did not answer within')])
  })

  it('that is none, and sends without an end, takes no memory', async () => {
    let sent = 0
    const gateway = await simulatePushgateway((_, response) => {
      response.writeHead(404)
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024))) sent += 64 * 1024
      }
      response.on('drain', more)
      more()
    })
    const problems = await pushMetrics(await metricsFor([target(), summary()]), { url: gateway.url, ...FEW })
    expect(problems).toEqual([expect.stringMatching(/answered 404: x{200}$/)])
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  it('that is not there is named', async () => {
    const url = `http://127.0.0.1:${await unusedPort()}`
    const problems = await pushMetrics(await metricsFor([target(), summary()]), { url, ...FEW })
    expect(problems).toEqual([expect.stringMatching(/, tried 3 times, cannot be reached: .*ECONNREFUSED/)])
  })

  it('that fails for one registry takes the others', async () => {
    const gateway = await simulatePushgateway((request, response) =>
      answer(request.url?.endsWith('/a') ? 500 : 200)(request, response),
    )
    const metrics = await metricsFor([target({ registry: 'a' }), summary(), target({ registry: 'b' }), summary()])
    const problems = await pushMetrics(metrics, { url: gateway.url, ...FEW })
    expect(problems).toEqual([expect.stringContaining('the metrics of "a"')])
    expect(gateway.taken.filter(({ path }) => path.endsWith('/b'))).toHaveLength(1)
  })

  it('is not asked again once the run is stopped', async () => {
    const stop = new AbortController()
    const gateway = await simulatePushgateway((request, response) => {
      stop.abort()
      answer(503)(request, response)
    })
    const metrics = await metricsFor([target(), summary()])
    const problems = await pushMetrics(metrics, { url: gateway.url, signal: stop.signal })
    expect(problems).toEqual([expect.stringContaining(', tried once, ')])
    expect(gateway.taken).toHaveLength(1)
  })
})

describe('the URL of a Pushgateway', () => {
  it.each(['http://pushgateway:9091', 'https://host/prefix/'])('may be %s', (url) => {
    expect(pushgatewayProblem(url)).toBeUndefined()
  })

  it.each(['pushgateway:9091', 'ftp://host', 'http://me:hunter2@host', 'http://host/?a=hunter2', ''])(
    'may not be %s, and is not quoted',
    (url) => {
      expect(pushgatewayProblem(url)).toEqual(expect.any(String))
      expect(pushgatewayProblem(url)).not.toContain('hunter2')
    },
  )
})
