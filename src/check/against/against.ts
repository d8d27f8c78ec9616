import type { RepositoryReport, UncheckedRecord } from '../records.ts'
import { type Presence, type RepositoryCheck, type Source, TargetError } from '../source.ts'
import { StoreError } from '../store-error.ts'
import { mergeViews } from './two-views.ts'
import { type Claimed, keyOf, questionsFor, View } from './views.ts'

/** A registry that also answers HEAD requests for single objects. */
export interface ClaimingSource extends Source {
  /** @throws {TargetError} if it does not answer, or refuses access */
  reach(signal: AbortSignal): Promise<void>
  /** What it answers to HEAD for each, which may come from its cache. In the order of the questions. */
  claims(
    repository: string,
    questions: readonly Claimed[],
    signal: AbortSignal,
  ): Promise<readonly (boolean | StoreError)[]>
}

/**
 * Scans storage and the API in front of it together. If the API cannot be reached, the findings are those of storage, and
 * the scan is incomplete.
 */
export function against(storage: Source, api: ClaimingSource): Source {
  const both = new Both(storage, api)
  return {
    target: storage.target,
    registry: storage.registry,
    kind: storage.kind,
    width: storage.width,
    ...(storage.storage && { storage: storage.storage }),
    against: api.target,
    repositories: (signal) => both.repositories(signal),
    check: (repository, how) => both.check(repository, how),
    afterFirstCheck: () => {
      both.afterFirstLooks()
    },
    settle: (onProgress, signal) => storage.settle(onProgress, signal),
    stillThere: (repositories, signal) => both.stillThere(repositories, signal),
    garbage: async (blobs) => (await storage.garbage?.(blobs)) ?? { findings: [], unchecked: [] },
    ...(storage.holdsTags && { holdsTags: async () => (await storage.holdsTags?.()) ?? true }),
    close: async () => {
      await Promise.all([storage.close(), api.close()])
    },
  }
}

class Both {
  readonly #storage: Source
  readonly #api: ClaimingSource
  #isReached = false
  /** Repositories of which the API knows at least one tag. */
  #known = 0
  /** Repositories with tags that are intact on disk, none of which the API knows. */
  #unknown = 0

  constructor(storage: Source, api: ClaimingSource) {
    this.#storage = storage
    this.#api = api
  }

  async *repositories(signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
    const problem = await this.#reach(signal)
    if (problem) yield problem
    yield* this.#storage.repositories(signal)
  }

  afterFirstLooks(): void {
    this.#storage.afterFirstCheck?.()
    if (this.#unknown > 0 && this.#known === 0)
      throw new TargetError(
        `${this.#api.target} serves none of the tags of the ${this.#unknown} repositories with tags in ${this.#storage.target}: it is another registry, or it serves other storage`,
        { because: 'unsupported' },
      )
  }

  async #reach(signal: AbortSignal): Promise<UncheckedRecord | undefined> {
    try {
      await this.#api.reach(signal)
      this.#isReached = true
      return undefined
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
      const because = error.cause instanceof StoreError ? error.cause.code : 'STORE_UNREACHABLE'
      return { repository: undefined, because, path: this.#api.target, detail: error.message }
    }
  }

  async stillThere(repositories: readonly string[], signal: AbortSignal): Promise<Presence> {
    const asked = this.#isReached ? [this.#storage, this.#api] : [this.#storage]
    const all = await Promise.all(asked.map(async (source) => source.stillThere?.(repositories, signal)))
    return {
      lost: all.flatMap((presence) => presence?.lost ?? []),
      back: all.flatMap((presence) => presence?.back ?? []),
    }
  }

  check(repository: string, how: RepositoryCheck): Promise<RepositoryReport> {
    return this.#isReached ? this.#checkBoth(repository, how) : this.#storage.check(repository, how)
  }

  async #checkBoth(repository: string, how: RepositoryCheck): Promise<RepositoryReport> {
    const all = { ...how, allTags: true }
    const [stored, served] = await Promise.all([this.#storage.check(repository, all), this.#api.check(repository, all)])
    const views = { stored: new View(stored), served: new View(served) }
    if (isKnown(views)) this.#known++
    else if (isUnknown(views)) this.#unknown++
    const questions = questionsFor(views.stored, views.served)
    const answers = await this.#api.claims(repository, questions, how.signal)
    const claims = new Map(questions.map((question, n) => [keyOf(question), answers[n] ?? false]))
    return mergeViews({ ...views, claims }, how.allTags)
  }
}

type Views = Readonly<Record<'stored' | 'served', View>>

/** Whether the API knows any tag. One with the same digest as in storage counts, even if content below it is missing. */
function isKnown({ stored, served }: Views): boolean {
  return served.report.tags.some(
    ({ tag, digest, verdict }) =>
      verdict !== 'unpullable' || (digest !== undefined && digest === stored.tag(tag)?.digest),
  )
}

/** Whether tags are intact on disk. Damaged ones prove nothing: no API can serve them. Nor does a failed listing of the API. */
function isUnknown({ stored, served }: Views): boolean {
  const isListed = served.report.unchecked.every(({ tag, digest }) => (tag ?? digest) !== undefined)
  return isListed && stored.report.tags.some(({ verdict }) => verdict === 'intact')
}
