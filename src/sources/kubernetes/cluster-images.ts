import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiClient } from './api-client.ts'
import type { Timing } from './backoff.ts'
import { KindWatch, type WatchCounts } from './kind-watch.ts'
import { kindsFor } from './kinds.ts'
import type { ClusterSettings } from './settings.ts'

/** What is deployed and runs in a cluster, at one moment. */
export interface ClusterSnapshot {
  /**
   * A `List` in JSON, an object a line, as `kubectl get … -o json` has it, without what the reader does not need. What
   * could not be read stands in it as a `Status`, so that whoever reads it knows that something is missing.
   */
  readonly text: string
  /** Why it is not all, or not as it is now; a sentence each. */
  readonly problems: readonly string[]
  readonly counts: Readonly<WatchCounts>
}

/** Milliseconds until a snapshot is made of what is there. */
const PATIENCE = 120_000

const systemTiming: Timing = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
  random: Math.random,
}

/** Follows what is deployed and runs in a cluster: lists all once, then takes each change. Only reads. */
export class ClusterImages {
  readonly #watches: readonly KindWatch[]
  readonly #counts: WatchCounts = { lists: 0, expired: 0, cut: 0, failed: 0, denied: 0 }
  readonly #timing: Timing
  readonly #stop = new AbortController()
  #isRunning = false

  constructor(settings: ClusterSettings, timing: Timing = systemTiming) {
    const client = new ApiClient(settings)
    const { labelSelector, namespaces } = settings
    this.#timing = timing
    this.#watches = kindsFor(settings).flatMap((kind) => {
      const places = kind.isNamespaced && namespaces.length > 0 ? namespaces : [undefined]
      return places.map((namespace) => new KindWatch(client, { kind, namespace, labelSelector }, this.#counts, timing))
    })
  }

  /** The first call starts to read, and waits until all is listed or has failed. */
  async snapshot(signal: AbortSignal): Promise<ClusterSnapshot> {
    this.#start()
    await this.#settled(signal)
    const problems = [
      ...this.#watches.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`])),
      ...this.#emptyNamespaces(),
    ]
    const objects = this.#watches.flatMap(({ objects: kept }) => [...kept].sort(([a], [b]) => (a < b ? -1 : 1)))
    const items = [...problems.map(statusOf), ...objects.map(([, text]) => text)]
    const text = `{"apiVersion":"v1","kind":"List","items":[\n${items.join(',\n')}\n]}\n`
    return { text, problems, counts: this.counts }
  }

  /** What has happened since the start. */
  get counts(): Readonly<WatchCounts> {
    return { ...this.#counts }
  }

  /** In how many places each resource cannot be read now: namespaces, or the whole cluster. */
  get unread(): ReadonlyMap<string, number> {
    const places = new Map<string, number>()
    for (const { resource, isUnread } of this.#watches)
      places.set(resource, (places.get(resource) ?? 0) + (isUnread ? 1 : 0))
    return places
  }

  /** Ends all watches. */
  stop(): void {
    this.#stop.abort()
  }

  async #settled(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const end = (): void => {
      over.abort()
    }
    signal.addEventListener('abort', end)
    const all = Promise.all(this.#watches.map((watch) => watch.settled))
    await Promise.race([all, this.#timing.sleep(signal.aborted ? 0 : PATIENCE, over.signal)])
    signal.removeEventListener('abort', end)
    end()
  }

  /** A name that is misspelt would select nothing, and nothing is always intact. */
  #emptyNamespaces(): readonly string[] {
    const workloads = this.#watches.filter(({ isWorkload }) => isWorkload)
    const named = [...new Set(workloads.map(({ namespace }) => namespace))]
    return named.flatMap((namespace) => {
      const own = workloads.filter((watch) => watch.namespace === namespace)
      if (own.some(({ objects, problem }) => objects.size > 0 || problem !== undefined)) return []
      return [`${namespace === undefined ? 'the cluster' : `the namespace ${namespace}`}: nothing is selected there`]
    })
  }

  #start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    setMaxListeners(0, this.#stop.signal)
    for (const watch of this.#watches) void watch.run(this.#stop.signal)
  }
}

/** @see Kubernetes API conventions, "Response Status Kind" */
function statusOf(message: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', message })
}
