import type { ClaimingSource } from '../../check/against/against.ts'
import type { Claimed } from '../../check/against/views.ts'
import { judge } from '../../check/judge/judge.ts'
import { dropNewDamage } from '../../check/judge/second-look.ts'
import type { RepositoryStore } from '../../check/ports.ts'
import type { ReachQuestion, RepositoryReach } from '../../check/reach/reach-records.ts'
import { reachRepository } from '../../check/reach/reach-repository.ts'
import type { RepositoryReport, UncheckedRecord } from '../../check/records.ts'
import type { Rules } from '../../check/rules.ts'
import { judgeRunning } from '../../check/running/judge-running.ts'
import { type Presence, type ReachHow, type RepositoryCheck, type Suspects, TargetError } from '../../check/source.ts'
import type { StoreError } from '../../check/store-error.ts'
import type { Graph } from '../../check/walk/graph.ts'
import { walk } from '../../check/walk/walk.ts'
import type { RegistryClient } from './client/client.ts'
import { ApiHost, type HostOptions } from './client/host.ts'
import type { PullPlace } from './client/pull-host.ts'
import { AccessTracker } from './listing/access-tracker.ts'
import { catalogOf, othersIn } from './listing/catalog.ts'
import { RegistryPresence } from './listing/registry-presence.ts'
import { answerAll } from './store/answer-all.ts'
import { FirstServingStore } from './store/first-serving-store.ts'
import type { ManifestCache } from './store/manifest-cache.ts'
import { MirroredStore } from './store/mirrored-store.ts'
import { isPullThroughCache } from './store/pull-through.ts'
import { RepositoryClient } from './store/repository-client.ts'
import { repositoryExists } from './store/repository-exists.ts'
import { ApiRepositoryStore } from './store/repository-store.ts'
import { type SingleImage, SingleImageStore } from './store/single-image.ts'

/** How to scan a registry over the distribution API. */
export interface ApiOptions extends HostOptions {
  /** The registry's label. */
  readonly registry: string
  /** A host shared with other sources; closed by its owner. */
  readonly host?: ApiHost | undefined
  /** Repositories that the operator named; scanned whether or not the catalog lists them. */
  readonly repositories?: readonly string[] | undefined
  /** Whether to scan those of the catalog too; left out: only if none are named. */
  readonly listsCatalog?: boolean | undefined
  /** Bodies of manifests from earlier runs. */
  readonly manifestCache?: ManifestCache | undefined
  /** The places that may have the image. Only with `only`; `host` is that of the last. */
  readonly places?: PullPlaces | undefined
  /** Called for each response to a request that some registries count as a pull. */
  readonly onPull?: ((client: RegistryClient) => void) | undefined
  /** Scan this image only. */
  readonly only?: SingleImage | undefined
  /**
   * What to do about a pull-through cache, which fetches from upstream what is requested. `refused`: the operator says that it
   * is one; send no request. `unless-cache`: find out with one request that makes it fetch nothing. `allowed`: it may fetch.
   */
  readonly fetching: 'refused' | 'unless-cache' | 'allowed'
}

/** The places from which a runtime pulls an image. */
export interface PullPlaces {
  /** In the order in which they are asked; the registry itself is the last. */
  readonly inOrder: readonly PullPlace[]
  /** The first that has the manifest serves all of the image. */
  readonly isOneForAll: boolean
  /** Called with the host that served an object. */
  readonly onServed: (url: string) => void
}

/** A store that can also be asked for one blob. */
type WholeStore = RepositoryStore & Pick<ApiRepositoryStore, 'probeBlob'>

/** Repositories scanned at the same time: one with a single image leaves no connection idle. */
const WIDTH = 8

/** A registry, scanned over the distribution API. */
export class ApiSource implements ClaimingSource {
  readonly target: string
  readonly registry: string
  readonly kind: ClaimingSource['kind'] = 'api'
  readonly width: number = WIDTH
  readonly #options: ApiOptions
  readonly #host: ApiHost
  readonly #access = new AccessTracker()
  readonly #presence: RegistryPresence

  /** @param target as the operator wrote it */
  constructor(target: string, options: ApiOptions) {
    this.target = target
    this.registry = options.registry
    this.#options = options
    this.#host = options.host ?? new ApiHost(target, options)
    this.#presence = new RegistryPresence(this.#host.client, {
      reach: (signal) => this.#host.reachAgain(signal),
      countTags: async (repository, mustExist, signal) => {
        const options = { content: false, again: true, cache: undefined, named: mustExist }
        return (await new ApiRepositoryStore(this.#client(repository, signal), options).listTags()).found.length
      },
    })
  }

  async *repositories(signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
    await this.#requireRegistry(signal)
    let isFirst = true
    for await (const name of this.#names(signal)) {
      // With the first name, so that the token is requested for a repository that may be pulled.
      if (isFirst && typeof name === 'string') await this.#requireNoCache(name, signal)
      isFirst &&= typeof name !== 'string'
      yield name
    }
  }

  async *#names(signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
    const { only, repositories, listsCatalog } = this.#options
    if (only !== undefined) yield only.repository
    else if (repositories === undefined) yield* this.#catalog(signal)
    else {
      yield* repositories
      if (listsCatalog) yield* othersIn(this.#catalog(signal), new Set(repositories))
    }
  }

  async *#catalog(signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
    for await (const entry of catalogOf(this.#host.client, signal)) {
      this.#presence.recordListed(entry)
      yield entry
    }
  }

  afterFirstCheck(): void {
    const denied = this.#access.deniedByAll()
    if (denied === undefined) return
    // A catalog with one repository proves access to the catalog; that repository may have rules of its own.
    const isNamed = (this.#options.only ?? this.#options.repositories) !== undefined
    if (!isNamed && denied.count === 1) return
    const which = denied.count === 1 ? 'its one repository' : `all ${denied.count} repositories`
    throw new TargetError(`${this.target} denied access to ${which}: ${denied.why}`, { because: 'forbidden' })
  }

  async check(
    repository: string,
    { rules, allTags, again, seenBefore, signal }: RepositoryCheck,
  ): Promise<RepositoryReport> {
    const { only } = this.#options
    const client = this.#client(repository, signal)
    const store = this.#storeOfAll(client, rules.depth === 'content', again)
    const walkImage = (image: SingleImage, by: Rules): Promise<Graph> =>
      walk(repository, new SingleImageStore(store, image, () => repositoryExists(client)), by)
    const graph = await (only === undefined ? walk(repository, store, rules) : walkImage(only, rules))
    this.#access.record(graph)
    if (only === undefined) this.#presence.recordWalk(graph)
    const judged = seenBefore ? dropNewDamage(graph, rules, seenBefore) : graph
    const report = judge(judged, rules, allTags)
    if (only?.running === undefined) return report
    const { reference, running } = only
    return judgeRunning(
      report,
      { repository, reference, graph: judged, rules, running, seenBefore },
      {
        walk: (digest, by) => walkImage({ repository, reference: digest }, by),
        probeBlob: (digest) => store.probeBlob(digest),
      },
    )
  }

  reachIn(repository: string, question: ReachQuestion, { asked, signal }: ReachHow): Promise<RepositoryReach> {
    const newStore = (): RepositoryStore => this.#store(this.#client(repository, signal), false, false)
    return reachRepository(repository, newStore, question, {
      asked,
      onRead: (graph) => {
        this.#access.record(graph)
        this.#presence.recordWalk({ repository, ...graph })
      },
    })
  }

  async reach(signal: AbortSignal): Promise<void> {
    await this.#requireRegistry(signal)
    await this.#requireNoCache(undefined, signal)
  }

  claims(
    repository: string,
    questions: readonly Claimed[],
    signal: AbortSignal,
  ): Promise<readonly (boolean | StoreError)[]> {
    const store = this.#store(this.#client(repository, signal), false, true)
    return answerAll(questions, (question) => store.claims(question))
  }

  async stillThere(repositories: readonly string[], signal: AbortSignal): Promise<Presence> {
    // A scan of one image depends on nothing being absent, unless a finding is dropped.
    if (this.#options.only !== undefined && repositories.length === 0) return { lost: [], back: [] }
    return this.#presence.stillThere(repositories, signal)
  }

  settle(): Promise<Suspects> {
    return Promise.resolve(new Map())
  }

  async close(): Promise<void> {
    if (this.#options.host === undefined) await this.#host.close()
  }

  #client(repository: string, signal: AbortSignal): RepositoryClient {
    const last = this.#options.places?.inOrder.at(-1)
    return new RepositoryClient(this.#host.client, last?.repository ?? repository, signal, last, this.#options.onPull)
  }

  #store(client: RepositoryClient, content: boolean, again: boolean): ApiRepositoryStore {
    const { repositories, manifestCache: cache } = this.#options
    return new ApiRepositoryStore(client, {
      content,
      again,
      named: repositories?.includes(client.repository) ?? false,
      cache,
    })
  }

  /** All places that may have the image. */
  #storeOfAll(client: RepositoryClient, content: boolean, again: boolean): WholeStore {
    const { places, onPull } = this.#options
    if (places === undefined) return this.#store(client, content, again)
    const { inOrder, isOneForAll, onServed } = places
    const endpoints = inOrder.map((place) => {
      const at = new RepositoryClient(place.at.host.client, place.repository, client.signal, place, onPull)
      return { at: place.at, store: this.#store(at, content, again), mayResolve: place.mayResolve }
    })
    return isOneForAll ? new FirstServingStore(endpoints, onServed) : new MirroredStore(endpoints, onServed)
  }

  async #requireRegistry(signal: AbortSignal): Promise<void> {
    if (this.#options.fetching === 'refused') throw cacheRefused(`${this.target} is declared a pull-through cache`)
    // A mirror may serve what the registry itself cannot now.
    if (this.#options.places === undefined) await this.#host.reach(signal)
  }

  async #requireNoCache(repository: string | undefined, signal: AbortSignal): Promise<void> {
    if (this.#options.fetching !== 'unless-cache') return
    if (await isPullThroughCache(this.#host.client, repository, signal))
      throw cacheRefused(`${this.target} is a pull-through cache, which passes on what its upstream answers`)
  }
}

function cacheRefused(why: string): TargetError {
  return new TargetError(`${why}: requests would make it fetch from upstream. Scan its storage, or use --allow-fetch`, {
    because: 'unsupported',
  })
}
