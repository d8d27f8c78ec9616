import { dirname } from 'node:path'
import { judge } from '../../check/judge/judge.ts'
import { dropNewDamage } from '../../check/judge/second-look.ts'
import type { Unreadable } from '../../check/ports.ts'
import type { ReachQuestion, RepositoryReach } from '../../check/reach/reach-records.ts'
import { reachRepository } from '../../check/reach/reach-repository.ts'
import type { RepositoryReport } from '../../check/records.ts'
import type { Rules } from '../../check/rules.ts'
import type { Garbage, LostPlace } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import type { Graph } from '../../check/walk/graph.ts'
import { walk } from '../../check/walk/walk.ts'
import { type Digest, encodedOf } from '../../oci/digest.ts'
import { type BlobPart, readBlobPart } from './collection/blob-tree.ts'
import { type ManifestPart, readManifestPart } from './collection/manifest-reader.ts'
import { type RepositoryPart, readRepositoryPart } from './collection/repository-reader.ts'
import type { RepositoryHome } from './collection/repository-tree.ts'
import type { StorageDriver } from './driver.ts'
import { findLeftovers, findUnneeded } from './garbage.ts'
import { blobsPath, repositoryHome } from './layout.ts'
import { listKnown } from './presence/absence.ts'
import { type Anchor, lostAnchors } from './presence/anchors.ts'
import { Home, lostHomes } from './presence/homes.ts'
import { DigestTable, KEY, type SharedDigestTable } from './proof/digest-table.ts'
import { DigestPacker, type PackedDigests, unpackDigest } from './proof/packed-digests.ts'
import { Blobs, type ProveBytes } from './repository/blobs.ts'
import { DistributionRepository } from './repository/repository-store.ts'
import { answerAll, whenFetched } from './when-fetched.ts'

/** The settings of a thread, sent once before its first task. */
export interface Setting {
  readonly v2: string
  /** Directories that must stay the same during the scan. */
  readonly anchors: readonly Anchor[]
  /** Raised from 0 to 1 to make long reads end. */
  readonly stop: Int32Array
}

/** What a thread can be asked to do. Everything in it can cross to another thread. */
export type Task =
  | { readonly do: 'survey'; readonly prefixes: readonly string[] }
  | { readonly do: 'bar'; readonly barred: ReadonlyMap<string, Unreadable> }
  | {
      readonly do: 'check'
      readonly repository: string
      /** Its directory at an earlier check. */
      readonly home: string | undefined
      readonly rules: Rules
      readonly allTags: boolean
      readonly seenBefore: ReadonlySet<string> | undefined
      /** Blobs whose bytes are proved: all others are hashed at once. Missing: hashing is deferred. */
      readonly proved: SharedDigestTable | undefined
      /** Whether to list the blobs that something needs. */
      readonly listNeeded: boolean
    }
  /** Digests to explain in every later task `reach`. */
  | { readonly do: 'ask'; readonly asked: ReadonlySet<Digest> }
  | { readonly do: 'reach'; readonly repository: string; readonly question: ReachQuestion }
  | { readonly do: 'hash'; readonly keys: Uint8Array }
  | {
      readonly do: 'find-unneeded'
      readonly prefixes: readonly string[]
      readonly needed: SharedDigestTable
      readonly now: number
    }
  | { readonly do: 'find-leftovers'; readonly repository: string; readonly now: number }
  /** For the preview of a garbage collection: everything in a repository but bytes of blobs. */
  | { readonly do: 'read-repository'; readonly home: RepositoryHome }
  /** @see readBlobPart */
  | { readonly do: 'read-blobs'; readonly places: readonly string[] }
  | { readonly do: 'read-manifests'; readonly digests: readonly Digest[] }
  /** Whether the registry is still there, and each of these repositories is unchanged or known to be deleted. */
  | { readonly do: 'prove'; readonly homes: ReadonlyMap<string, string | undefined> }

/** What the survey of `blobs/` found. */
export interface Survey {
  /** Entries found below the prefixes. */
  readonly blobs: number
  /** By path relative to the blobs directory. */
  readonly barred: ReadonlyMap<string, Unreadable>
}

/** The result of checking a repository. */
export interface RepositoryResult {
  readonly report: RepositoryReport
  /** Blobs whose bytes are still to be proved. */
  readonly later: PackedDigests
  /** Blobs that a manifest needs, served or not. */
  readonly needed: PackedDigests
  /** The directory of the repository when the check began. */
  readonly home: string | undefined
}

/** The result of each kind of task. */
export interface TaskResults {
  survey: Survey
  bar: undefined
  check: RepositoryResult
  ask: undefined
  reach: RepositoryReach
  /** Digests whose bytes do not match, or could not be read. */
  hash: readonly Digest[]
  'find-unneeded': Garbage
  'find-leftovers': Garbage
  'read-repository': RepositoryPart
  'read-blobs': BlobPart
  'read-manifests': ManifestPart
  prove: readonly LostPlace[]
}

/** The work of one thread. Runs as well in the main thread: tests do that. */
export class Tasks {
  readonly #setting: Setting
  readonly #newDriver: () => StorageDriver
  #barred: ReadonlyMap<string, Unreadable> = new Map()
  #asked: ReadonlySet<Digest> = new Set()

  /** @param newDriver called for each task, so that tasks share no fetched data */
  constructor(setting: Setting, newDriver: () => StorageDriver) {
    this.#setting = setting
    this.#newDriver = newDriver
  }

  async run<T extends Task>(task: T): Promise<TaskResults[T['do']]>
  async run(task: Task): Promise<TaskResults[Task['do']]> {
    const driver = this.#newDriver()
    switch (task.do) {
      case 'survey':
        return whenFetched(() => this.#survey(task.prefixes, driver))
      case 'bar':
        this.#barred = task.barred
        return undefined
      case 'check':
        return this.#check(task, driver)
      case 'ask':
        this.#asked = task.asked
        return undefined
      case 'reach':
        return this.#reach(task, driver)
      case 'hash':
        return this.#hash(task.keys, driver)
      case 'find-unneeded':
        return whenFetched(() => findUnneeded(task, this.#setting.v2, driver))
      case 'find-leftovers':
        return whenFetched(() => findLeftovers(task, this.#setting.v2, driver))
      case 'read-repository':
        return whenFetched(() => readRepositoryPart(task.home, this.#setting.v2, driver))
      case 'read-blobs':
        return whenFetched(() => readBlobPart(task.places, this.#setting.v2, driver))
      case 'read-manifests':
        return whenFetched(() => readManifestPart(task.digests, this.#setting.v2, driver))
      case 'prove':
        return whenFetched(() => this.#prove(task.homes, driver))
    }
  }

  /** Finds entries that must not be followed, so that the path to each blob need not be checked piece by piece. */
  #survey(prefixes: readonly string[], driver: StorageDriver): Survey {
    const blobs = blobsPath(this.#setting.v2)
    const barred = new Map<string, Unreadable>()
    let count = 0
    for (const prefix of prefixes) {
      const path = `${blobs}/${prefix}`
      try {
        const entries = listKnown(driver, path, dirname(path))
        count += entries?.directories.length ?? 0
        for (const bar of entries?.unreadable ?? []) barred.set(bar.place.slice(blobs.length + 1), bar)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        barred.set(prefix, { place: path, because: error.code, detail: error.message })
      }
    }
    return { blobs: count, barred }
  }

  async #check(task: Extract<Task, { do: 'check' }>, driver: StorageDriver): Promise<RepositoryResult> {
    const later = new DigestPacker()
    const prove = task.rules.depth === 'content' ? proveWith(task.proved, later) : undefined
    const needed = new DigestPacker()
    const blobs = this.#blobs(driver, prove, task.listNeeded ? needed : undefined)
    const store = new DistributionRepository(task.repository, this.#setting.v2, driver, blobs)
    const home = await whenFetched(() => new Home(driver, repositoryHome(this.#setting.v2, task.repository), task.home))
    const walked = await walk(task.repository, store, task.rules)
    const graph = withLost(walked, await whenFetched(() => home.end()))
    const confirmed = task.seenBefore ? dropNewDamage(graph, task.rules, task.seenBefore) : graph
    return {
      report: judge(confirmed, task.rules, task.allTags),
      later: later.pack(),
      needed: needed.pack(),
      home: home.identity,
    }
  }

  async #reach(task: Extract<Task, { do: 'reach' }>, driver: StorageDriver): Promise<RepositoryReach> {
    const { repository, question } = task
    const { v2 } = this.#setting
    const blobs = this.#blobs(driver, undefined, undefined)
    const home = await whenFetched(() => new Home(driver, repositoryHome(v2, repository), undefined))
    const newStore = (): DistributionRepository => new DistributionRepository(repository, v2, driver, blobs)
    const reach = await reachRepository(repository, newStore, question, { asked: this.#asked })
    const lost = await whenFetched(() => home.end())
    const changed = lost.map(({ place, because, detail }) => ({ repository, path: place, because, detail }))
    return { ...reach, unknown: [...reach.unknown, ...changed] }
  }

  #prove(homes: ReadonlyMap<string, string | undefined>, driver: StorageDriver): readonly LostPlace[] {
    const { v2, anchors } = this.#setting
    return [...lostAnchors(anchors, driver), ...lostHomes(homes, v2, driver)]
  }

  async #hash(keys: Uint8Array, driver: StorageDriver): Promise<readonly Digest[]> {
    const blobs = this.#blobs(driver, undefined, undefined)
    const digests = Array.from({ length: keys.length / KEY }, (_, n) => unpackDigest(keys, n))
    const proved = await answerAll(digests, (digest) => blobs.hash(digest)?.measured === digest)
    return digests.filter((_, n) => proved[n] !== true)
  }

  #blobs(driver: StorageDriver, prove: ProveBytes | undefined, needed: DigestPacker | undefined): Blobs {
    const stopped = (): boolean => Atomics.load(this.#setting.stop, 0) !== 0
    const onNeeded =
      needed &&
      ((digest: Digest): void => {
        if (digest.startsWith('sha256:')) needed.push(digest, 0)
      })
    return new Blobs(this.#setting.v2, driver, { barred: this.#barred, prove, stopped, onNeeded })
  }
}

function withLost(graph: Graph, lost: readonly Unreadable[]): Graph {
  return lost.length === 0 ? graph : { ...graph, unreadable: [...graph.unreadable, ...lost] }
}

function proveWith(proved: SharedDigestTable | undefined, later: DigestPacker): ProveBytes {
  const key = Buffer.alloc(KEY)
  return (digest, bytes) => {
    if (!digest.startsWith('sha256:')) return 'now'
    if (proved === undefined) {
      later.push(digest, bytes)
      return 'later'
    }
    key.write(encodedOf(digest), 0, KEY, 'hex')
    return DigestTable.has(proved, key) ? 'later' : 'now'
  }
}
