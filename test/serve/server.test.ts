import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Answers, serverFor } from '../../src/serve/server.ts'

const ANSWERS: Answers = {
  metrics: async () => 'registry_integrity_run_success{registry="größe"} 1\n',
  unready: () => undefined,
  overview: () => '<!doctype html><title>all</title>',
  page: (registry, profile, query) =>
    registry === 'host:5000/prefix'
      ? `<!doctype html>${JSON.stringify([registry, profile ?? null, query])}`
      : undefined,
  list: () => '{"registries":[]}\n',
  report: (registry) => (registry === 'private' ? '{"schemaVersion":1}\n' : undefined),
  pageHeaders: { 'content-security-policy': "default-src 'none'" },
}

const servers: Server[] = []
const told: string[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

interface Asking {
  readonly method?: string
  readonly host?: string
  readonly bound?: string
  readonly answers?: Partial<Answers>
}

async function ask(path: string, { method = 'GET', host, bound = '127.0.0.1', answers }: Asking = {}): Promise<Answer> {
  const server = serverFor({ ...ANSWERS, ...answers }, bound, (error) => told.push(error.message))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const headers = { host: host ?? `127.0.0.1:${port}` }
    request({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer
        resolve({ status, type: headers['content-type'] ?? '', headers, body: Buffer.concat(pieces).toString() })
      })
    })
      .on('error', reject)
      .end()
  })
}

describe('the server', () => {
  it('tells metrics as Prometheus wants them', async () => {
    const { status, type, body } = await ask('/metrics')
    expect({ status, type, body }).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: 'registry_integrity_run_success{registry="größe"} 1\n',
    })
  })

  it.each(['/healthz', '/readyz'])('answers %s with 200', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 200, body: 'ok\n' })
  })

  it('answers /readyz with 503 where nobody should be sent to it', async () => {
    expect(await ask('/readyz', { answers: { unready: () => 'it is stopping' } })).toMatchObject({
      status: 503,
      body: 'it is stopping\n',
    })
  })

  it.each(['/', '/registries/host%3A5000%2Fprefix'])('shows %s with the headers of a page', async (path) => {
    const { status, type, headers } = await ask(path)
    expect({ status, type }).toEqual({ status: 200, type: 'text/html; charset=UTF-8' })
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'",
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
  })

  it.each([
    ['', [null, { search: '', page: 1 }]],
    ['?profile=deep&q=team%2Fapp&page=3', ['deep', { search: 'team/app', page: 3 }]],
    ['?page=-1', [null, { search: '', page: 1 }]],
    ['?page=1e9&q=%00', [null, { search: '\0', page: 1 }]],
    [`?q=${'x'.repeat(5000)}`, [null, { search: 'x'.repeat(200), page: 1 }]],
  ])('takes what is looked for out of %j', async (query, wanted) => {
    const { body } = await ask(`/registries/host%3A5000%2Fprefix${query}`)
    expect(JSON.parse(body.replace('<!doctype html>', ''))).toEqual(['host:5000/prefix', ...wanted])
  })

  it.each(['/api/v1/registries', '/api/v1/registries/private'])('gives JSON at %s', async (path) => {
    const { status, type, body } = await ask(path)
    expect({ status, type }).toEqual({ status: 200, type: 'application/json; charset=utf-8' })
    expect(JSON.parse(body)).toBeTypeOf('object')
  })

  it.each([
    '/nothing',
    '/registries/unknown',
    '/api/v1/registries/unknown',
    '/metrics/',
    '/registries/%',
    '/../etc/passwd',
    '/registries/..%2f..%2fetc%2fpasswd',
    '/probe?target=http://169.254.169.254/',
  ])('has nothing at %s', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404 })
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s: nothing can be changed', async (method) => {
    expect(await ask('/metrics', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it('answers HEAD as GET, without the body', async () => {
    expect(await ask('/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  it.each(['evil.example', 'evil.example:9847', '127.0.0.1.evil.example', '[::ffff:1.2.3.4]'])(
    'that only this machine may ask answers nobody who calls it %s',
    async (host) => {
      expect(await ask('/', { host })).toMatchObject({ status: 421 })
    },
  )

  it.each(['localhost', 'localhost:9847', '127.0.0.1:9847', '127.0.0.2', '[::1]:9847', 'LOCALHOST'])(
    'that only this machine may ask answers to its own name %s',
    async (host) => {
      expect(await ask('/', { host })).toMatchObject({ status: 200 })
    },
  )

  it.each(['LOCALHOST', 'LocalHost.', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    'that is bound to %s is one that only this machine may ask',
    async (bound) => {
      expect(await ask('/', { host: 'evil.example', bound })).toMatchObject({ status: 421 })
      expect(await ask('/', { host: 'localhost', bound })).toMatchObject({ status: 200 })
    },
  )

  it('that is bound to the network answers to every name', async () => {
    expect(await ask('/', { host: 'regfsck.monitoring.svc:9847', bound: '0.0.0.0' })).toMatchObject({ status: 200 })
  })

  it('shows nobody what went wrong inside', async () => {
    const answers = {
      overview: () => {
        throw new Error('a secret')
      },
    }
    const { status, body } = await ask('/', { answers })
    expect(status).toBe(500)
    expect(body).not.toContain('secret')
    expect(told).toEqual(['a secret'])
  })
})
