import { createServer, type Server } from 'node:http'
import { isIP } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

/** What can be asked for. Nothing that is asked for starts a scan. */
export interface Answers {
  /** The text format of Prometheus. */
  metrics(): Promise<string>
  /** Why nobody should be sent here, if so. */
  unready(): string | undefined
  overview(): string
  /** @returns `undefined` where there is no such registry or profile */
  page(registry: string, profile: string | undefined, query: { search: string; page: number }): string | undefined
  /** JSON. */
  list(): string
  /** JSON, as `docs/report.schema.json` describes it. @returns `undefined` where there is none, or none yet */
  report(registry: string, profile: string | undefined): string | undefined
  readonly pageHeaders: Readonly<Record<string, string>>
}

/** Milliseconds for a request to come in, and for a client to take a piece of its answer. */
const REQUEST_TIMEOUT = 10_000
const IDLE_TIMEOUT = 60_000
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'
const PLAIN = 'text/plain; charset=utf-8'

/**
 * @param host that it is bound to: where only this machine can come in, only its own names are answered to
 * @param tell of what went wrong in here; whoever asked is told nothing of it
 */
export function serverFor(answers: Answers, host: string, tell: (error: Error) => void): Server {
  const app = appOf(answers, tell)
  const listen = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    if (isLoopback(host) && !isOwnName(request.headers.host)) {
      response.writeHead(421, { 'content-type': PLAIN }).end('this is not the host that you ask for\n')
      return
    }
    void listen(request, response)
  })
  server.requestTimeout = REQUEST_TIMEOUT
  server.headersTimeout = REQUEST_TIMEOUT
  server.keepAliveTimeout = REQUEST_TIMEOUT
  server.setTimeout(IDLE_TIMEOUT)
  return server
}

function appOf(answers: Answers, tell: (error: Error) => void): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD')
      return context.text('only GET and HEAD: nothing here can be changed\n', 405, { allow: 'GET, HEAD' })
    await next()
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
    return undefined
  })
  app.get('/metrics', async (context) => context.body(await answers.metrics(), 200, { 'content-type': EXPOSITION }))
  app.get('/healthz', (context) => context.text('ok\n'))
  app.get('/readyz', (context) => {
    const why = answers.unready()
    return why === undefined ? context.text('ok\n') : context.text(`${why}\n`, 503)
  })
  app.get('/', (context) => context.html(answers.overview(), 200, answers.pageHeaders))
  app.get('/registries/:registry', (context) => {
    const { profile, q = '', page = '1' } = context.req.query()
    const query = { search: q.slice(0, LONGEST_SEARCH), page: /^\d{1,6}$/.test(page) ? Number(page) : 1 }
    const text = answers.page(context.req.param('registry'), profile, query)
    if (text === undefined) return context.text('there is no such registry\n', 404)
    return context.html(text, 200, answers.pageHeaders)
  })
  app.get('/api/v1/registries', (context) => context.body(answers.list(), 200, { 'content-type': JSON_TYPE }))
  app.get('/api/v1/registries/:registry', (context) => {
    const text = answers.report(context.req.param('registry'), context.req.query('profile'))
    if (text === undefined)
      return context.json({ error: 'there is no such registry or profile, or it has not been looked at yet' }, 404)
    return context.body(text, 200, { 'content-type': JSON_TYPE })
  })
  app.notFound((context) =>
    context.text('nothing is here; try /, /metrics, /healthz, /readyz or /api/v1/registries\n', 404),
  )
  app.onError((error, context) => {
    tell(error)
    return context.text('this went wrong here; see the log\n', 500)
  })
  return app
}

const LONGEST_SEARCH = 200

/** @param host in any case, and any spelling of an address */
function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || (isIP(name) === 4 && name.startsWith('127.'))) return true
  if (isIP(name) !== 6) return false
  const { hostname } = new URL(`http://[${name.replace(/%.*$/, '')}]`)
  return hostname === '[::1]' || hostname.startsWith('[::ffff:7f')
}

/**
 * A page elsewhere can give its own name this machine's address, and so read what only this machine may read.
 * @param header `Host`
 */
function isOwnName(header: string | undefined): boolean {
  const name = (header ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name === '' || isLoopback(name)
}
