import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** An object of the API, as far as the simulation reads it. */
export interface ApiObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [key: string]: unknown
}

interface Change {
  readonly type: string
  readonly resource: string
  readonly object: ApiObject
  readonly version: number
}

interface Watcher {
  readonly response: ServerResponse
  readonly wants: (change: Change) => boolean
}

/** What the simulated server answers instead. */
export interface Refusal {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * SIMULATED: as much of an API server as lists and watches need, after the Kubernetes documentation, "API Concepts": pages with
 * `limit` and `continue`, watches from a `resourceVersion`, bookmarks, and 410 for a version that is no longer kept.
 */
export class SimulatedKubernetes {
  readonly asked: string[] = []
  /** Answers instead of the lists and watches, where it gives something. */
  refuse: (request: {
    readonly path: string
    readonly query: URLSearchParams
    readonly headers: IncomingMessage['headers']
  }) => Refusal | undefined = () => undefined
  readonly #objects = new Map<string, Map<string, ApiObject>>()
  readonly #changes: Change[] = []
  readonly #watchers = new Set<Watcher>()
  readonly #sockets = new Set<Socket>()
  readonly #continued = new Map<string, readonly ApiObject[]>()
  #server: Server | undefined
  #version = 1000
  #oldest = 0
  #port = 0

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response)
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, '127.0.0.1', resolve))
    // An AddressInfo, because it listens on a port.
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends all connections; the state stays. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    this.cutConnections()
    await closed
  }

  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get watchers(): number {
    return this.#watchers.size
  }

  /** Creates or replaces. */
  put(resource: string, object: ApiObject): void {
    const all = this.#all(resource)
    const isNew = !all.has(keyOf(object))
    this.#change(isNew ? 'ADDED' : 'MODIFIED', resource, object)
  }

  delete(resource: string, { namespace, name }: { readonly namespace?: string; readonly name: string }): void {
    const object = this.#all(resource).get(`${namespace ?? ''}/${name}`)
    if (object === undefined) throw new Error(`no ${resource} ${name}`)
    this.#change('DELETED', resource, object)
  }

  /** What `etcd` does with old versions: who watches from one of them gets 410. */
  compact(): void {
    this.#oldest = this.#version
    this.#changes.length = 0
    this.#continued.clear()
  }

  /** Sends each watch the newest version. */
  bookmark(): void {
    for (const { response } of this.#watchers)
      response.write(
        `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: `${this.#version}` } } })}\n`,
      )
  }

  /** Sends each watch a text. */
  say(text: string): void {
    for (const { response } of this.#watchers) response.write(text)
  }

  /** Ends all watches, as the server does after `timeoutSeconds`. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end()
    this.#watchers.clear()
  }

  #change(type: string, resource: string, given: ApiObject): void {
    this.#version++
    const object = { ...given, metadata: { ...given.metadata, resourceVersion: `${this.#version}` } }
    const all = this.#all(resource)
    if (type === 'DELETED') all.delete(keyOf(object))
    else all.set(keyOf(object), object)
    const change = { type, resource, object, version: this.#version }
    this.#changes.push(change)
    for (const { wants, response } of this.#watchers) if (wants(change)) response.write(lineOf(change))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://any')
    this.asked.push(request.url ?? '')
    const refusal = this.refuse({ path, query, headers: request.headers })
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers })
      response.end(refusal.body ?? statusOf(refusal.status, 'refused by the simulation'))
      return
    }
    const found = discovery(path)
    if (found !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(found))
      return
    }
    const [, namespace, resource = ''] =
      /^\/(?:api\/v1|apis\/[\w.]+\/v1)(?:\/namespaces\/([^/]+))?\/(\w+)$/.exec(path) ?? []
    const selected = selection(namespace, query)
    if (query.get('watch') === '1') this.#watch(response, resource, Number(query.get('resourceVersion')), selected)
    else this.#list(response, resource, query, selected)
  }

  #watch(response: ServerResponse, resource: string, from: number, selected: (object: ApiObject) => boolean): void {
    const wants = (change: Change): boolean => change.resource === resource && selected(change.object)
    response.writeHead(200, { 'content-type': 'application/json' })
    if (from < this.#oldest) {
      const object = JSON.parse(statusOf(410, `too old resource version: ${from} (${this.#oldest})`))
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
      return
    }
    response.flushHeaders()
    for (const change of this.#changes) if (change.version > from && wants(change)) response.write(lineOf(change))
    const watcher = { response, wants }
    this.#watchers.add(watcher)
    response.once('close', () => this.#watchers.delete(watcher))
  }

  #list(
    response: ServerResponse,
    resource: string,
    query: URLSearchParams,
    selected: (object: ApiObject) => boolean,
  ): void {
    const token = query.get('continue')
    const rest = token === null ? [...this.#all(resource).values()].filter(selected) : this.#continued.get(token)
    if (rest === undefined) {
      response.writeHead(410, { 'content-type': 'application/json' })
      response.end(statusOf(410, 'The provided continue parameter is too old'))
      return
    }
    const limit = Number(query.get('limit') ?? rest.length)
    const left = rest.slice(limit)
    const next = left.length === 0 ? '' : `${resource}-${this.#version}-${left.length}`
    if (next !== '') this.#continued.set(next, left)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        ...listKindOf(resource),
        metadata: {
          resourceVersion: `${this.#version}`,
          ...(next !== '' && { continue: next, remainingItemCount: left.length }),
        },
        items: rest.slice(0, limit),
      }),
    )
  }

  #all(resource: string): Map<string, ApiObject> {
    const known = this.#objects.get(resource) ?? new Map<string, ApiObject>()
    this.#objects.set(resource, known)
    return known
  }
}

const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: { pods: 'Pod', nodes: 'Node', replicationcontrollers: 'ReplicationController' },
  'apps/v1': {
    daemonsets: 'DaemonSet',
    deployments: 'Deployment',
    replicasets: 'ReplicaSet',
    statefulsets: 'StatefulSet',
  },
  'batch/v1': { cronjobs: 'CronJob', jobs: 'Job' },
}

/** What `kubectl` asks before it gets anything. */
function discovery(path: string): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] }
  if (path === '/apis') {
    const groups = ['apps', 'batch'].map((name) => {
      const version = { groupVersion: `${name}/v1`, version: 'v1' }
      return { name, versions: [version], preferredVersion: version }
    })
    return { kind: 'APIGroupList', apiVersion: 'v1', groups }
  }
  const groupVersion = path.replace(/^\/apis?\//, '')
  const kinds = KINDS[groupVersion]
  if (kinds === undefined) return undefined
  const resources = Object.entries(kinds).map(([name, kind]) => ({
    name,
    singularName: kind.toLowerCase(),
    kind,
    namespaced: kind !== 'Node',
    verbs: ['get', 'list', 'watch'],
  }))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }
}

/** The items of a list come without their kind. */
function listKindOf(resource: string): object {
  const [apiVersion, kinds] = Object.entries(KINDS).find(([, each]) => resource in each) ?? ['v1', {}]
  return { kind: `${kinds[resource] ?? ''}List`, apiVersion }
}

/** Label selectors of the form `a=b`, and `type=…` of secrets. */
function selection(namespace: string | undefined, query: URLSearchParams): (object: ApiObject) => boolean {
  const [label, value] = query.get('labelSelector')?.split('=') ?? []
  const [, type] = query.get('fieldSelector')?.split('=') ?? []
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (label === undefined || object.metadata.labels?.[label] === value) &&
    (type === undefined || object['type'] === type)
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function lineOf({ type, object }: Change): string {
  return `${JSON.stringify({ type, object })}\n`
}

function statusOf(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code })
}
