import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { answersTo, type Naming, namesOf } from './allowed-hosts.ts'
import { withoutPrefix } from './prefix.ts'

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
  /** Markdown. @param room `findings`, `runbooks`… @returns `undefined` where there is no such code */
  explained(room: string, code: string): string | undefined
  /** A page for a path at which nothing is. */
  notFound(path: string): string
  readonly pageHeaders: Readonly<Record<string, string>>
}

/** Milliseconds for a request to come in, and for a client to take a piece of its answer. */
const REQUEST_TIMEOUT = 10_000
const IDLE_TIMEOUT = 60_000
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'
const PLAIN = 'text/plain; charset=utf-8'

/** As whom a server answers, and where. */
export interface Reach extends Naming {
  /** The path below which others reach it: `/regfsck`, or empty. */
  readonly prefix: string
}

/** @param tell of what went wrong in here; whoever asked is told nothing of it */
export function serverFor(answers: Answers, reach: Reach, tell: (error: Error) => void): Server {
  const { prefix } = reach
  const app = appOf(answers, prefix, tell)
  const listen = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    if (!answersTo(request.headers.host, reach)) {
      response.writeHead(421, { 'content-type': PLAIN })
      response.end(`unknown Host header; this server answers to ${namesOf(reach)} (allowed-hosts adds names)\n`)
      return
    }
    const path = withoutPrefix(request.url ?? '/', prefix)
    if (path === undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      response.writeHead(302, { location: `${prefix}/`, 'content-type': PLAIN }).end(`${prefix}/\n`)
      return
    }
    request.url = path ?? '/'
    void listen(request, response)
  })
  server.requestTimeout = REQUEST_TIMEOUT
  server.headersTimeout = REQUEST_TIMEOUT
  server.keepAliveTimeout = REQUEST_TIMEOUT
  server.setTimeout(IDLE_TIMEOUT)
  return server
}

function appOf(answers: Answers, prefix: string, tell: (error: Error) => void): Hono {
  const app = new Hono()
  /** A page for who reads it in a browser, and a line for everybody else. */
  const lost = (context: Context, line: string): Response => {
    const { path } = context.req
    const isForPrograms = path.startsWith('/api/') || !context.req.header('accept')?.includes('text/html')
    if (isForPrograms) return context.text(line, 404)
    return context.newResponse(answers.notFound(prefix + path), 404, {
      'content-type': 'text/html; charset=UTF-8',
      ...answers.pageHeaders,
    })
  }
  app.use(async (context, next) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD')
      return context.text('only GET and HEAD are allowed\n', 405, { allow: 'GET, HEAD' })
    await next()
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
    return undefined
  })
  app.on('GET', HEALTHY, (context) => context.text('ok\n'))
  app.on('GET', READY, (context) => {
    const why = answers.unready()
    return why === undefined ? context.text('ok\n') : context.text(`${why}\n`, 503)
  })
  // For all that follows: what stands above is a few bytes, which gzip makes more.
  app.use(compress({ encoding: 'gzip' }))
  app.get('/metrics', async (context) => context.body(await answers.metrics(), 200, { 'content-type': EXPOSITION }))
  app.get('/', (context) => context.html(answers.overview(), 200, answers.pageHeaders))
  // A name may hold slashes, and proxies take `%2F` for one.
  app.get('/registries/:registry{.+}', (context) => {
    const { profile, q = '', page = '1' } = context.req.query()
    const query = { search: q.slice(0, LONGEST_SEARCH), page: /^\d{1,6}$/.test(page) ? Number(page) : 1 }
    const text = answers.page(context.req.param('registry'), profile, query)
    if (text === undefined) return lost(context, 'no such registry\n')
    return context.html(text, 200, answers.pageHeaders)
  })
  // Browsers show plain text, and save Markdown as a file.
  app.get('/:room{[a-z]+}/:page{[\\w-]+[.]md}', (context) => {
    const text = answers.explained(context.req.param('room'), context.req.param('page').replace(/\.md$/, ''))
    return text === undefined ? context.notFound() : context.body(text, 200, { 'content-type': PLAIN })
  })
  app.get('/api/v1/registries', (context) => context.body(answers.list(), 200, { 'content-type': JSON_TYPE }))
  app.get('/api/v1/registries/:registry{.+}', (context) => {
    const text = answers.report(context.req.param('registry'), context.req.query('profile'))
    if (text === undefined)
      return context.json({ error: 'no such registry or profile, or it has not been scanned yet' }, 404)
    return context.body(text, 200, { 'content-type': JSON_TYPE })
  })
  app.notFound((context) => lost(context, `not found; try ${PATHS.map((path) => prefix + path).join(', ')}\n`))
  app.onError((error, context) => {
    tell(error)
    return context.text('internal error; see the log\n', 500)
  })
  return app
}

const LONGEST_SEARCH = 200
/** By the names that Kubernetes uses, and by those of Prometheus. */
const HEALTHY = ['/healthz', '/-/healthy']
const READY = ['/readyz', '/-/ready']
const PATHS = ['/', '/metrics', '/healthz', '/readyz', '/api/v1/registries']
