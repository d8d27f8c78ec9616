import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { type Responses, serverFor } from '../../src/serve/http/server.ts'

const ANSWERS: Responses = {
  metrics: async () => 'registry_integrity_run_success{registry="größe"} 1\n',
  unready: () => undefined,
  overview: () => '<!doctype html><title>all</title>',
  page: (registry, profile, query) =>
    registry === 'host:5000/prefix'
      ? `<!doctype html>${JSON.stringify([registry, profile ?? null, query])}`
      : undefined,
  deployedPage: (name) => (name === 'shop' ? '<html>' : undefined),
  deployedList: () => '{}',
  deployedReport: (name) => (name === 'shop' ? '{}' : undefined),
  notFound: (path) => `<!doctype html>nothing at ${path}`,
  list: () => '{"registries":[]}\n',
  report: (registry) => (registry === 'private' ? '{"schemaVersion":1}\n' : undefined),
  codePage: (folder, code) =>
    new Set(['runbooks/RegistryDisappeared', 'findings/layer-missing']).has(`${folder}/${code}`)
      ? `# ${code}\n`
      : undefined,
  pageHeaders: { 'content-security-policy': "default-src 'none'" },
}

/** What browsers say that they take. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const servers: Server[] = []
const logged: string[] = []
afterEach(() => {
  logged.length = 0
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

interface Answer {
  readonly status: number
  readonly type: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  /** As they came. */
  readonly bytes: Buffer
}

interface Asking {
  readonly method?: string
  readonly host?: string
  /** Of `Accept-Encoding`. */
  readonly accept?: string
  /** Of `Accept`. */
  readonly types?: string
  readonly bound?: string
  readonly prefix?: string
  readonly allowedHosts?: readonly string[]
  readonly answers?: Partial<Responses>
}

async function listening({ answers, ...asking }: Asking): Promise<AddressInfo> {
  const { bound = '127.0.0.1', prefix = '', allowedHosts = [] } = asking
  const server = serverFor({ ...ANSWERS, ...answers }, { host: bound, prefix, allowedHosts }, (error) =>
    logged.push(error.message),
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address() as AddressInfo
}

async function ask(path: string, { method = 'GET', host, accept, types, ...asking }: Asking = {}): Promise<Answer> {
  const { port } = await listening(asking)
  return new Promise((resolve, reject) => {
    const headers = {
      host: host ?? `127.0.0.1:${port}`,
      ...(accept !== undefined && { 'accept-encoding': accept }),
      ...(types !== undefined && { accept: types }),
    }
    request({ port, host: '127.0.0.1', path, method, headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer
        const bytes = Buffer.concat(pieces)
        const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
        resolve({ status, type: headers['content-type'] ?? '', headers, body, bytes })
      })
    })
      .on('error', reject)
      .end()
  })
}

describe('the server', () => {
  it('serves metrics as Prometheus reads them', async () => {
    const { status, type, body } = await ask('/metrics')
    expect({ status, type, body }).toEqual({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: 'registry_integrity_run_success{registry="größe"} 1\n',
    })
  })

  it.each(['/healthz', '/-/healthy', '/readyz', '/-/ready'])('answers %s with 200', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 200, body: 'ok\n' })
    expect(await ask(path, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await ask(`/ops${path}`, { prefix: '/ops' })).toMatchObject({ status: 200, body: 'ok\n' })
  })

  it('is healthy and not ready where nobody should be sent to it', async () => {
    const answers = { unready: () => 'it is stopping' }
    for (const path of ['/readyz', '/-/ready'])
      expect(await ask(path, { answers })).toMatchObject({ status: 503, body: 'it is stopping\n' })
    for (const path of ['/healthz', '/-/healthy']) expect(await ask(path, { answers })).toMatchObject({ status: 200 })
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
    ['/runbooks/RegistryDisappeared.md', '# RegistryDisappeared\n'],
    ['/findings/layer-missing.md', '# layer-missing\n'],
  ])('explains %s as text, which a browser does not save as a file', async (path, body) => {
    expect(await ask(`/ops${path}`, { prefix: '/ops' })).toMatchObject({
      status: 200,
      type: 'text/plain; charset=utf-8',
      body,
    })
  })

  it.each([
    '/nothing',
    '/runbooks/RegistryDisappeared',
    '/runbooks/Unknown.md',
    '/findings/unknown.md',
    '/verdict/layer-missing.md',
    '/runbooks/..%2FRegistryDisappeared.md',
    '/registries/unknown',
    '/api/v1/registries/unknown',
    '/metrics/',
    '/-/',
    '/-/reload',
    '/registries/%',
    '/../etc/passwd',
    '/registries/..%2f..%2fetc%2fpasswd',
    '/probe?target=http://169.254.169.254/',
  ])('has nothing at %s', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404 })
  })

  it.each(['/nothing', '/registries/unknown', '/findings/unknown.md', '/metrics/'])(
    'shows a browser a page where there is nothing, at %s',
    async (path) => {
      const { status, type, headers, body } = await ask(`/ops${path}`, { prefix: '/ops', types: BROWSER })
      expect({ status, type, body }).toEqual({
        status: 404,
        type: 'text/html; charset=UTF-8',
        body: `<!doctype html>nothing at /ops${path}`,
      })
      expect(headers).toMatchObject({ 'content-security-policy': "default-src 'none'", 'cache-control': 'no-store' })
    },
  )

  it.each([
    ['/registries/unknown', '*/*', 'text/plain; charset=UTF-8'],
    ['/nothing', undefined, 'text/plain; charset=UTF-8'],
    ['/api/v1/nothing', BROWSER, 'text/plain; charset=UTF-8'],
    ['/api/v1/registries/unknown', BROWSER, 'application/json'],
  ])('shows a program no page: %s, asked for as %s', async (path, types, wanted) => {
    const { status, type } = await ask(path, types === undefined ? {} : { types })
    expect({ status, type }).toEqual({ status: 404, type: wanted })
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s: nothing can be changed', async (method) => {
    expect(await ask('/metrics', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it.each(['/metrics', '/', '/registries/host%3A5000%2Fprefix', '/api/v1/registries', '/api/v1/registries/private'])(
    'sends %s as gzip to whoever takes it, and as it is to others',
    async (path) => {
      const plain = await ask(path)
      expect(plain.headers).not.toHaveProperty('content-encoding')
      // As Prometheus and browsers say it.
      for (const accept of ['gzip', 'gzip, deflate, br, zstd', 'br;q=1.0, GZIP;q=0.5']) {
        const zipped = await ask(path, { accept })
        expect(zipped).toMatchObject({ status: 200, type: plain.type, body: plain.body })
        expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
        expect(zipped.headers).not.toHaveProperty('content-length')
      }
      for (const accept of ['identity', 'br', 'deflate', 'gzip;q=0', '*;q=0', ''])
        expect((await ask(path, { accept })).bytes.toString()).toBe(plain.body)
    },
  )

  it('makes a large exposition much smaller', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => `registry_integrity_run_success{registry="r${n}"} 1\n`)
    const text = lines.join('')
    const { body, bytes } = await ask('/metrics', { accept: 'gzip', answers: { metrics: async () => text } })
    expect(body).toBe(text)
    expect(bytes.length).toBeLessThan(text.length / 5)
  })

  it('outlives those who leave in the middle of what is sent as gzip', async () => {
    const text = Array.from({ length: 500_000 }, (_, n) => `x{n="${n * 7919}"} ${n}\n`).join('')
    const { port } = await listening({ answers: { metrics: async () => text } })
    for (let n = 0; n < 5; n++)
      await new Promise<void>((resolve) => {
        const asked = request({ port, path: '/metrics', headers: { 'accept-encoding': 'gzip' } }, (answer) => {
          answer.once('data', () => asked.destroy()).once('close', resolve)
        })
        asked.on('error', () => undefined).end()
      })
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    expect(logged).toEqual([])
  })

  it.each(['/healthz', '/-/ready'])('sends %s as it is: a few bytes grow by gzip', async (path) => {
    expect((await ask(path, { accept: 'gzip' })).bytes.toString()).toBe('ok\n')
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

  it.each(['0.0.0.0', '127.0.0.1', '::'])(
    'that is bound to %s answers to the names that are allowed',
    async (bound) => {
      const allowedHosts = ['Status.Example.com', '*.internal', '[fd00::7]']
      for (const host of ['status.example.com', 'STATUS.example.com:443', 'status.example.com.', 'a.b.internal:80'])
        expect(await ask('/', { host, bound, allowedHosts })).toMatchObject({ status: 200 })
      for (const host of ['localhost:9847', '127.0.0.1', '[fd00::7]:9847'])
        expect(await ask('/', { host, bound, allowedHosts })).toMatchObject({ status: 200 })
      for (const host of ['evil.example', 'internal', 'xinternal', 'status.example.com.evil.example', 'status.example'])
        expect(await ask('/', { host, bound, allowedHosts })).toMatchObject({
          status: 421,
          body: 'unknown Host header; this server answers to localhost, Status.Example.com, *.internal, [fd00::7] (allowed-hosts adds names)\n',
        })
    },
  )

  it('that has names still answers probes, which ask by address', async () => {
    const allowedHosts = ['status.example.com']
    for (const host of ['10.0.0.7:9847', '[fd00::7]:9847', '[fe80::1]'])
      expect(await ask('/healthz', { host, bound: '::', allowedHosts })).toMatchObject({ status: 200 })
    expect(await ask('/healthz', { host: '10.0.0.7:9847', bound: '127.0.0.1', allowedHosts })).toMatchObject({
      status: 421,
    })
    expect(await ask('/', { host: 'any.example', bound: '127.0.0.1', allowedHosts: ['*'] })).toMatchObject({
      status: 200,
    })
  })

  it.each(['/', '/metrics', '/healthz', '/api/v1/registries', '/registries/host%3A5000%2Fprefix'])(
    'that is reached below a prefix answers %s with it and without it',
    async (path) => {
      for (const at of [path, `/ops/regfsck${path}`])
        expect(await ask(at, { prefix: '/ops/regfsck' })).toMatchObject({ status: 200 })
      expect(await ask(`/ops/regfsckx${path}`, { prefix: '/ops/regfsck' })).toMatchObject({ status: 404 })
      expect(await ask(`/ops/regfsck${path}`)).toMatchObject({ status: 404 })
    },
  )

  it.each(['/ops/regfsck', '/ops/regfsck?x=1'])('leads from %s to where relative links are right', async (path) => {
    const { status, headers } = await ask(path, { prefix: '/ops/regfsck' })
    expect({ status, location: headers['location'] }).toEqual({ status: 302, location: '/ops/regfsck/' })
    expect(await ask(path, { prefix: '/ops/regfsck', method: 'POST' })).toMatchObject({ status: 405 })
  })

  it('names its paths with the prefix where there is nothing', async () => {
    const { status, body } = await ask('/ops/nothing', { prefix: '/ops' })
    expect({ status, body }).toEqual({
      status: 404,
      body: 'not found; try /ops/, /ops/metrics, /ops/healthz, /ops/readyz, /ops/api/v1/registries, /ops/api/v1/deployed\n',
    })
  })

  it('finds a registry whose name has lost the code of its slashes on its way through a proxy', async () => {
    expect(await ask('/registries/host:5000/prefix')).toMatchObject({ status: 200 })
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
    expect(logged).toEqual(['a secret'])
  })
})
