import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { digestOf, type ImageNode } from '../builders/images.ts'
import { sendBlob } from './registry.ts'

/** How a registry answers once it has lost its storage: as an answer to a path, or `undefined` where it answers as ever. */
export type Loss = (
  path: string,
) => { readonly status: number; readonly body: string; readonly type?: string } | undefined

const unknown = (code: string) => ({ status: 404, body: `{"errors":[{"code":"${code}","message":"unknown"}]}` })

function nothingThere(path: string): ReturnType<Loss> {
  if (path.includes('/tags/list')) return unknown('NAME_UNKNOWN')
  if (path.includes('/manifests/')) return unknown('MANIFEST_UNKNOWN')
  return path.includes('/blobs/') ? unknown('BLOB_UNKNOWN') : undefined
}

export const LOSSES: readonly { readonly name: string; readonly loss: Loss }[] = [
  {
    name: 'loses its storage: the catalog is empty, and everything is 404',
    loss: (path) => (path === '/v2/_catalog' ? { status: 200, body: '{"repositories":[]}' } : nothingThere(path)),
  },
  {
    name: 'loses its storage: the catalog is 404 too',
    loss: (path) => (path === '/v2/_catalog' ? unknown('NAME_UNKNOWN') : nothingThere(path)),
  },
  { name: 'loses its storage, and still lists its repositories', loss: nothingThere },
  {
    name: 'is started on other storage',
    loss: (path) => {
      if (path === '/v2/_catalog') return { status: 200, body: '{"repositories":["other"]}' }
      return nothingThere(path)
    },
  },
  {
    name: 'becomes a web server',
    loss: () => ({ status: 200, body: '<html>Welcome to nginx!</html>', type: 'text/html' }),
  },
  {
    name: 'becomes a server without a registry',
    loss: () => ({ status: 404, body: '404 page not found', type: 'text/plain' }),
  },
]

/** Simulated: a registry of images by repository, all under `latest`, that a test makes vanish at a request. */
export interface VanishingRegistry {
  readonly url: string
  /** Requests since the last {@link calm}. */
  readonly requests: number
  /** Answer as ever, and count from the start. */
  calm(): void
  /** Answer so from that request on; the first is 1. @param until answer as ever again from that one on */
  vanish(loss: Loss, from: number, until?: number): void
  stop(): Promise<void>
}

export async function vanishingRegistry(
  images: ReadonlyMap<string, ImageNode>,
  lacks: ReadonlySet<string>,
): Promise<VanishingRegistry> {
  let requests = 0
  let lost: { readonly loss: Loss; readonly from: number; readonly until: number } | undefined
  const server = createServer((request, response) => {
    requests++
    const path = new URL(request.url ?? '', 'http://registry').pathname
    const answer = lost && requests >= lost.from && requests < lost.until ? lost.loss(path) : undefined
    if (answer) say(response, answer.status, answer.body, answer.type)
    else if (path === '/v2/') say(response, 200, '{}')
    else if (path === '/v2/_catalog') say(response, 200, JSON.stringify({ repositories: [...images.keys()] }))
    else {
      const [, repository = '', what, reference = ''] = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(path) ?? []
      const node = images.get(repository)
      const blob = node && [node.config, ...node.layers].find(({ descriptor }) => descriptor.digest === reference)
      if (node && what === 'tags') say(response, 200, JSON.stringify({ name: repository, tags: ['latest'] }))
      else if (node && what === 'manifests' && ['latest', node.descriptor.digest].includes(reference)) {
        response.setHeader('docker-content-digest', digestOf(node.bytes))
        response.writeHead(200, { 'content-type': node.descriptor.mediaType, 'content-length': node.bytes.length })
        response.end(request.method === 'HEAD' ? undefined : node.bytes)
      } else if (blob && what === 'blobs' && !lacks.has(reference)) sendBlob(request, response, blob.bytes)
      else {
        const gone = nothingThere(path) ?? unknown('NAME_UNKNOWN')
        say(response, gone.status, gone.body)
      }
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests
    },
    calm() {
      requests = 0
      lost = undefined
    },
    vanish(loss, from, until = Number.POSITIVE_INFINITY) {
      requests = 0
      lost = { loss, from, until }
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function say(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}
