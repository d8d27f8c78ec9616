import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { KubeObject } from '../k8s/manifests.ts'

/** What was sent to change something. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly contentType: string
  /** `kubectl create` sends protobuf, in which text stands as it is. */
  readonly body: string
}

export interface KubeApi {
  readonly url: string
  readonly sent: readonly Sent[]
  stop(): Promise<void>
}

const VERSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'api/v1': { configmaps: 'ConfigMap', services: 'Service' },
  'apis/apps/v1': { deployments: 'Deployment' },
  'apis/batch/v1': { cronjobs: 'CronJob', jobs: 'Job' },
}

/**
 * As much of an API server as the real `kubectl` needs to get objects by name, and to create and patch: it keeps what it is sent,
 * and does nothing.
 */
export async function startKubeApi(objects: readonly KubeObject[]): Promise<KubeApi> {
  const sent: Sent[] = []
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request, objects, sent)
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An AddressInfo, because it listens on a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function answerTo(request: IncomingMessage, objects: readonly KubeObject[], sent: Sent[]): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://any')
  const discovered = discovery(pathname.slice(1))
  if (discovered !== undefined) return discovered
  const [, version = '', namespace, resource = '', name] =
    /^\/(api\/v1|apis\/\w+\/v1)\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?$/.exec(pathname) ?? []
  const kind = VERSIONS[version]?.[resource]
  const { method = '', headers } = request
  if (kind === undefined) return undefined
  const found = objects.find(
    ({ kind: its, metadata }) =>
      its === kind && metadata.name === name && 'namespace' in metadata && metadata.namespace === namespace,
  )
  if (method === 'GET') return found
  sent.push({ method, path: pathname, contentType: headers['content-type'] ?? '', body: await text(request) })
  return method === 'POST'
    ? { apiVersion: version.replace(/^apis?\//, ''), kind, metadata: { name: 'created' } }
    : found
}

function discovery(path: string): unknown {
  if (path === 'api') return { kind: 'APIVersions', versions: ['v1'] }
  if (path === 'apis')
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: ['apps', 'batch'].map((name) => {
        const version = { groupVersion: `${name}/v1`, version: 'v1' }
        return { name, versions: [version], preferredVersion: version }
      }),
    }
  const kinds = VERSIONS[path]
  return (
    kinds && {
      kind: 'APIResourceList',
      groupVersion: path.replace(/^apis?\//, ''),
      resources: Object.entries(kinds).map(([name, kind]) => ({
        name,
        singularName: kind.toLowerCase(),
        kind,
        namespaced: true,
        verbs: ['get', 'create', 'patch'],
      })),
    }
  )
}
