import type { ApiClient } from './api-client.ts'
import { ApiFailure } from './api-failure.ts'
import { Backoff, type Timing } from './backoff.ts'
import type { ClusterKind } from './kinds.ts'
import { field, pick, textAt } from './pick.ts'
import { watchEvents } from './watch-events.ts'

/** What happened since the start. */
export interface WatchCounts {
  /** All objects were listed, at the start or again. */
  lists: number
  /** The cluster no longer had the version from which a watch was to go on. */
  expired: number
  /** A connection ended while it was read. */
  cut: number
  /** The cluster was away, or did not answer as it should. */
  failed: number
  /** The cluster refused. */
  denied: number
}

/** Objects that the cluster sends at once. */
const PAGE = '500'
/** Seconds after which the cluster ends a watch. Then it goes on from where it was. */
const WATCH_SECONDS = 290
/** Milliseconds without a byte. Watches may be silent all their time: bookmarks are a courtesy. */
const SILENCE = { list: 60_000, watch: (WATCH_SECONDS + 40) * 1000 }

/** Keeps the objects of one kind as the cluster has them: in one namespace, or in all. */
export class KindWatch {
  /** What is read, for people: `pods of the namespace shop`. */
  readonly name: string
  /** As in URLs and rules: `pods`. */
  readonly resource: string
  readonly namespace: string | undefined
  /** Whether it is pods or workloads, not what they need besides. */
  readonly isWorkload: boolean
  readonly #client: ApiClient
  readonly #kind: ClusterKind
  readonly #path: string
  readonly #query: Readonly<Record<string, string>>
  readonly #counts: WatchCounts
  readonly #timing: Timing
  #objects = new Map<string, string>()
  #version: string | undefined
  /** When the cluster last told what there is. */
  #knownAt: Date | undefined
  #problem: string | undefined
  #settle: () => void = () => undefined
  /** Resolves when the objects were listed, or that has failed once. */
  readonly settled: Promise<void> = new Promise((resolve) => {
    this.#settle = resolve
  })

  constructor(client: ApiClient, what: WatchedKind, counts: WatchCounts, timing: Timing) {
    const { kind, namespace, labelSelector } = what
    this.name = namespace === undefined ? kind.resource : `${kind.resource} of the namespace ${namespace}`
    this.resource = kind.resource
    this.namespace = namespace
    this.isWorkload = kind.isWorkload
    this.#client = client
    this.#kind = kind
    const root = kind.apiVersion === 'v1' ? '/api/v1' : `/apis/${kind.apiVersion}`
    this.#path = `${root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${kind.resource}`
    this.#query = {
      ...(labelSelector !== undefined && kind.isWorkload && { labelSelector }),
      ...(kind.fieldSelector !== undefined && { fieldSelector: kind.fieldSelector }),
    }
    this.#counts = counts
    this.#timing = timing
  }

  /** Each object as one line of JSON, by its namespace and name. */
  get objects(): ReadonlyMap<string, string> {
    return this.#objects
  }

  /** Why the objects may not be all, or not be as they are now. */
  get problem(): string | undefined {
    if (this.#knownAt === undefined) return this.#problem ?? 'the cluster has not sent them yet'
    if (this.#problem === undefined) return undefined
    return `${this.#problem}; what was known at ${this.#knownAt.toISOString()} is used`
  }

  /** Whether the cluster was away or refused when it was last asked. */
  get isUnread(): boolean {
    return this.#problem !== undefined
  }

  /** Lists and watches until the signal comes. */
  async run(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(this.#timing)
    const isOver = (): boolean => signal.aborted
    while (!isOver()) {
      const begun = this.#timing.elapsed()
      try {
        if (this.#version === undefined) await this.#list(signal)
        await this.#watch(signal)
        await backoff.afterEnd(begun, signal)
      } catch (error) {
        if (isOver()) return
        const failure =
          error instanceof ApiFailure ? error : new ApiFailure('failed', `internal error: ${String(error)}`)
        this.#fail(failure)
        await backoff.afterFailure(failure, begun, signal)
      }
    }
  }

  /** What was known before stays until the new list is here to its end. */
  async #list(signal: AbortSignal): Promise<void> {
    const objects = new Map<string, string>()
    let page = ''
    let version: string | undefined
    do {
      const query = { ...this.#query, limit: PAGE, ...(page !== '' && { continue: page }) }
      const answer = await this.#client.json({ path: this.#path, query, silence: SILENCE.list, signal })
      const items = field(answer, 'items')
      version = textAt(answer, 'metadata', 'resourceVersion')
      // An empty list is `null` in Go's JSON.
      if (version === undefined || !(Array.isArray(items) || items === null))
        throw new ApiFailure('failed', 'the answer of the cluster is not a list')
      for (const item of items ?? []) this.#put(objects, item)
      page = textAt(answer, 'metadata', 'continue') ?? ''
    } while (page !== '')
    this.#objects = objects
    this.#version = version
    this.#knownAt = this.#timing.now()
    this.#counts.lists++
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const query = {
      ...this.#query,
      watch: '1',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion: this.#version ?? '',
    }
    const response = await this.#client.open({ path: this.#path, query, silence: SILENCE.watch, signal })
    this.#problem = undefined
    this.#knownAt = this.#timing.now()
    this.#settle()
    for await (const { type, object } of watchEvents(response)) {
      this.#knownAt = this.#timing.now()
      if (type === 'DELETED') this.#objects.delete(keyOf(object))
      else if (type !== 'BOOKMARK') this.#put(this.#objects, object)
      this.#version = textAt(object, 'metadata', 'resourceVersion') ?? this.#version
    }
  }

  #put(objects: Map<string, string>, object: unknown): void {
    const { kind, apiVersion, keep } = this.#kind
    const kept = pick(object, keep)
    // One text: the cluster's own object, of which most is dropped, is not kept alive.
    objects.set(keyOf(object), JSON.stringify({ apiVersion, kind, ...(typeof kept === 'object' && kept) }))
  }

  #fail(failure: ApiFailure): void {
    this.#counts[failure.kind]++
    // Who may list but not watch gets a new list with each try.
    if (failure.kind === 'denied' || failure.kind === 'expired') this.#version = undefined
    if (failure.kind === 'expired' || failure.kind === 'cut') return
    this.#problem = failure.message
    this.#settle()
  }
}

/** What a {@link KindWatch} reads. */
export interface WatchedKind {
  readonly kind: ClusterKind
  readonly namespace: string | undefined
  readonly labelSelector: string | undefined
}

function keyOf(object: unknown): string {
  return `${textAt(object, 'metadata', 'namespace') ?? ''}/${textAt(object, 'metadata', 'name') ?? ''}`
}
