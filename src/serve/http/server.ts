import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { allowedNames, isAllowedHost, type ServerHost } from './allowed-hosts.ts'
import { withoutPrefix } from './prefix.ts'

/** The responses that the server sends. No request starts a scan. */
export interface Responses {
  /** The text format of Prometheus. */
  metrics(): Promise<string>
  /** Why the server is not ready; `undefined` if it is. */
  unready(): string | undefined
  overview(): string
  /** @returns `undefined`: no such registry or profile */
  page(registry: string, profile: string | undefined, query: { search: string; page: number }): string | undefined
  /** JSON. */
  list(): string
  /** JSON, as `docs/report.schema.json` describes it. @returns `undefined`: no such registry, or not scanned yet */
  report(registry: string, profile: string | undefined): string | undefined
  /** @returns `undefined`: no such set of references */
  deployedPage(name: string, query: { search: string; page: number }): string | undefined
  /** JSON. */
  deployedList(): string
  /** JSON. @returns `undefined`: no such set, or not checked yet */
  deployedReport(name: string): string | undefined
  /** Markdown. @param folder `findings`, `runbooks`… @returns `undefined`: no such page */
  codePage(folder: string, code: string): string | undefined
  /** The page for a path that does not exist. */
  notFound(path: string): string
  readonly pageHeaders: Readonly<Record<string, string>>
}

/** Milliseconds until a request must have arrived. */
const REQUEST_TIMEOUT = 10_000
/** Milliseconds without any progress after which a connection is closed. */
const IDLE_TIMEOUT = 60_000
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'
const PLAIN = 'text/plain; charset=utf-8'

/** The names and the path of a server. */
export interface ServerAddress extends ServerHost {
  /** The path of the server behind its proxy: `/regfsck`, or empty. */
  readonly prefix: string
}

/** The HTTP server of `serve`. @param onError gets internal errors; the client sees only that there was one */
export function serverFor(responses: Responses, address: ServerAddress, onError: (error: Error) => void): Server {
  const { prefix } = address
  const app = appOf(responses, prefix, onError)
  const listen = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    if (!isAllowedHost(request.headers.host, address)) {
      response.writeHead(421, { 'content-type': PLAIN })
      response.end(`unknown Host header; this server answers to ${allowedNames(address)} (allowed-hosts adds names)\n`)
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

function appOf(responses: Responses, prefix: string, onError: (error: Error) => void): Hono {
  const app = new Hono()
  /** A page for browsers, a line for programs. */
  const notFound = (context: Context, line: string): Response => {
    const { path } = context.req
    const isForPrograms = path.startsWith('/api/') || !context.req.header('accept')?.includes('text/html')
    if (isForPrograms) return context.text(line, 404)
    return context.newResponse(responses.notFound(prefix + path), 404, {
      'content-type': 'text/html; charset=UTF-8',
      ...responses.pageHeaders,
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
    const why = responses.unready()
    return why === undefined ? context.text('ok\n') : context.text(`${why}\n`, 503)
  })
  // Only for the routes below: gzip makes the few bytes above longer.
  app.use(compress({ encoding: 'gzip' }))
  app.get('/metrics', async (context) => context.body(await responses.metrics(), 200, { 'content-type': EXPOSITION }))
  app.get('/', (context) => context.html(responses.overview(), 200, responses.pageHeaders))
  // A registry name can contain slashes, and proxies decode `%2F`.
  app.get('/registries/:registry{.+}', (context) => {
    const { profile } = context.req.query()
    const text = responses.page(context.req.param('registry'), profile, queryOf(context))
    if (text === undefined) return notFound(context, 'no such registry\n')
    return context.html(text, 200, responses.pageHeaders)
  })
  app.get('/deployed/:name{.+}', (context) => {
    const text = responses.deployedPage(context.req.param('name'), queryOf(context))
    if (text === undefined) return notFound(context, 'no such references\n')
    return context.html(text, 200, responses.pageHeaders)
  })
  // As plain text, because browsers download Markdown.
  app.get('/:folder{[a-z]+}/:page{[\\w-]+[.]md}', (context) => {
    const text = responses.codePage(context.req.param('folder'), context.req.param('page').replace(/\.md$/, ''))
    return text === undefined ? context.notFound() : context.body(text, 200, { 'content-type': PLAIN })
  })
  app.get('/api/v1/registries', (context) => context.body(responses.list(), 200, { 'content-type': JSON_TYPE }))
  app.get('/api/v1/registries/:registry{.+}', (context) => {
    const text = responses.report(context.req.param('registry'), context.req.query('profile'))
    if (text === undefined)
      return context.json({ error: 'no such registry or profile, or it has not been scanned yet' }, 404)
    return context.body(text, 200, { 'content-type': JSON_TYPE })
  })
  app.get('/api/v1/deployed', (context) => context.body(responses.deployedList(), 200, { 'content-type': JSON_TYPE }))
  app.get('/api/v1/deployed/:name{.+}', (context) => {
    const text = responses.deployedReport(context.req.param('name'))
    if (text === undefined) return context.json({ error: 'no such references, or they have not been checked yet' }, 404)
    return context.body(text, 200, { 'content-type': JSON_TYPE })
  })
  app.notFound((context) => notFound(context, `not found; try ${PATHS.map((path) => prefix + path).join(', ')}\n`))
  app.onError((error, context) => {
    onError(error)
    return context.text('internal error; see the log\n', 500)
  })
  return app
}

function queryOf(context: Context): { search: string; page: number } {
  const { q = '', page = '1' } = context.req.query()
  return { search: q.slice(0, LONGEST_SEARCH), page: /^\d{1,6}$/.test(page) ? Number(page) : 1 }
}

const LONGEST_SEARCH = 200
/** The paths that Kubernetes uses, and those of Prometheus. */
const HEALTHY = ['/healthz', '/-/healthy']
const READY = ['/readyz', '/-/ready']
const PATHS = ['/', '/metrics', '/healthz', '/readyz', '/api/v1/registries', '/api/v1/deployed']
