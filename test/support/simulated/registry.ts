import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ImageNode } from '../builders/images.ts'

/** Answers a request in its own way, or leaves it to the plain registry. */
export type Quirk = (request: IncomingMessage & { readonly path: URL }, response: ServerResponse) => boolean

export interface SimulatedRegistry {
  readonly url: string
  readonly host: string
  /** Method and path of every request, in order. */
  readonly asked: string[]
  stop(): Promise<void>
}

/** Simulated: a registry in this process that holds one image as `app:latest`, with a habit of a product that cannot run here. */
export async function simulateRegistry(node: ImageNode, quirk: Quirk = () => false): Promise<SimulatedRegistry> {
  const blobs = new Map([node.config, ...node.layers].map((each) => [each.descriptor.digest as string, each.bytes]))
  const asked: string[] = []
  const broken: string[] = []
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://registry')
    asked.push(`${request.method} ${request.url}`)
    if (!isLawful(request)) broken.push(`${request.method} ${request.url} by ${request.headers['user-agent']}`)
    if (quirk(Object.assign(request, { path }), response)) return
    const json = (value: unknown) => void response.end(JSON.stringify(value))
    const [, what, reference = ''] = /^\/v2\/app\/(manifests|blobs|tags)\/(.*)$/.exec(path.pathname) ?? []
    const blob = blobs.get(reference)
    if (path.pathname === '/v2/') json({})
    else if (path.pathname === '/v2/_catalog') json({ repositories: ['app'] })
    else if (what === 'tags') json({ name: 'app', tags: ['latest'] })
    else if (what === 'manifests' && ['latest', node.descriptor.digest].includes(reference)) sendManifest(response)
    else if (what === 'blobs' && blob !== undefined) sendBlob(request, response, blob)
    else sendUnknown(response, what === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN')
  })
  const sendManifest = (response: ServerResponse): void => {
    const digest = `sha256:${createHash('sha256').update(node.bytes).digest('hex')}`
    response.writeHead(200, { 'content-type': node.descriptor.mediaType, 'docker-content-digest': digest })
    response.end(node.bytes)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    host,
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (broken.length > 0) throw new Error(`a scan never asks like this: ${broken.join(', ')}`)
    },
  }
}

/** A scan reads, and says who it is; only an identity token is posted. */
function isLawful({ method, headers, url }: IncomingMessage): boolean {
  const reads = method === 'GET' || method === 'HEAD' || (method === 'POST' && url === '/token')
  return reads && /^regfsck\b/.test(headers['user-agent'] ?? '')
}

/** A 404 that is the registry's own word; a gateway in front of it has another body, or none. */
export function sendUnknown(response: ServerResponse, code: string, contentType?: string): void {
  response.writeHead(404, contentType === undefined ? {} : { 'content-type': contentType })
  response.end(JSON.stringify({ errors: [{ code, message: 'unknown to the registry', detail: {} }] }))
}

/** Whole, or the last byte where that is what was asked for. */
export function sendBlob(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  if (request.headers.range !== 'bytes=-1') {
    response.writeHead(200, { 'content-length': bytes.byteLength }).end(bytes)
    return
  }
  const last = bytes.byteLength - 1
  response.writeHead(206, { 'content-range': `bytes ${last}-${last}/${bytes.byteLength}`, 'content-length': 1 })
  response.end(bytes.subarray(last))
}
