import type { UncheckedRecord } from '../../../check/judge/judge.ts'
import { type LostPlace, type Presence, TargetError } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Graph } from '../../../check/walk/graph.ts'
import type { RegistryClient } from '../client/client.ts'
import { refusal } from '../client/refusal.ts'
import { Body } from '../http/body-buffer.ts'
import { answers } from '../store/answer-all.ts'

/** Repositories with tags that are remembered, to be asked for again. */
const WITNESSES = 5
/** Bytes of one page of the catalog. */
const PAGE_LIMIT = 8 * 1024 * 1024
/** Where a server refuses a long page: what some are content with, and what it takes for a page itself. */
const PAGES: readonly string[] = ['?n=1000', '?n=100', '']

/** How a registry is asked whether it is still there. */
export interface Asks {
  /** @throws {TargetError} where no registry answers at `/v2/` */
  reach(signal: AbortSignal): Promise<void>
  /**
   * @returns how many tags a repository lists
   * @throws {StoreError} also where it says that there is no such repository, and `mustExist`
   */
  countTags(repository: string, mustExist: boolean, signal: AbortSignal): Promise<number>
}

/**
 * Remembers what a registry has shown, and asks whether it still shows it. A registry that has lost its storage, or that
 * was started on other storage, says of everything in good order that there is no such thing.
 */
export class RegistryPresence {
  readonly #client: RegistryClient
  readonly #asks: Asks
  readonly #catalog = new Set<string>()
  #isListedWhole = true
  /** Repositories that have listed tags: the first few, so that they are spread over the time of the scan. */
  readonly #witnesses: string[] = []
  /** Repositories that have listed no tags since they were last asked about. */
  readonly #empty = new Set<string>()

  constructor(client: RegistryClient, asks: Asks) {
    this.#client = client
    this.#asks = asks
  }

  /** Take note of what the catalog lists: a name, or something about which there is a record. */
  listed(found: string | UncheckedRecord): void {
    if (typeof found === 'string') this.#catalog.add(found)
    else this.#isListedWhole = false
  }

  /** Take note of what a look at a repository has seen. */
  saw({ repository, tags, unreadable }: Graph): void {
    if (tags.size > 0) {
      if (!this.#witnesses.includes(repository) && this.#witnesses.length < WITNESSES) this.#witnesses.push(repository)
      this.#empty.delete(repository)
    } else if (unreadable.length === 0) this.#empty.add(repository)
  }

  /** @param repositories of which earlier findings are about to be dropped */
  async stillThere(repositories: readonly string[], signal: AbortSignal): Promise<Presence> {
    const lost = await this.#loss(repositories.length > 0, signal)
    if (lost !== undefined) return { lost: [lost], back: [] }
    return this.#askTheEmpty(signal)
  }

  async #loss(isDropping: boolean, signal: AbortSignal): Promise<LostPlace | undefined> {
    try {
      await this.#asks.reach(signal)
      const dependsOnAbsence = isDropping || this.#empty.size > 0
      if (dependsOnAbsence) {
        if (this.#catalog.size > 0) await this.#requireCatalog(signal)
        await this.#requireWitness(signal)
      } else if (this.#catalog.size > 0 && this.#isListedWhole) await this.#requireCatalogOrWitness(signal)
      return undefined
    } catch (error) {
      if (error instanceof TargetError) {
        const because = error.cause instanceof StoreError ? error.cause.code : 'STORE_UNREACHABLE'
        return { place: this.#client.url('v2/').href, because, detail: error.message }
      }
      if (!(error instanceof StoreError)) throw error
      return { place: error.place, because: error.code, detail: error.message }
    }
  }

  /** Nothing is believed to be absent: where the catalog has no answer now, a repository may have one. */
  async #requireCatalogOrWitness(signal: AbortSignal): Promise<void> {
    try {
      await this.#requireCatalog(signal)
    } catch (error) {
      if (!(error instanceof StoreError) || error instanceof ShowsLess || this.#witnesses.length === 0) throw error
      await this.#requireWitness(signal)
    }
  }

  /** @throws {StoreError} where it does not list any name that it listed before */
  async #requireCatalog(signal: AbortSignal): Promise<void> {
    const place = this.#client.url('v2/_catalog').href
    const names = await this.#firstNames(place, signal)
    const gone = (detail: string): StoreError => new ShowsLess(detail, { code: 'STORE_READ_FAILED', place })
    if (names.length === 0)
      throw gone('no longer lists any repository: the registry may have lost its storage, or run on another one')
    if (!names.some((name) => typeof name === 'string' && this.#catalog.has(name)))
      throw gone('lists none of the repositories that it listed before: the registry may run on other storage')
  }

  async #firstNames(place: string, signal: AbortSignal): Promise<readonly unknown[]> {
    for (const [n, query] of PAGES.entries()) {
      const body = new Body(PAGE_LIMIT)
      const question = {
        method: 'GET',
        path: `v2/_catalog${query}`,
        scope: 'registry:catalog:*',
        open: body.open,
      } as const
      const answer = await this.#client.ask(question, signal)
      if (answer.status === 400 && n < PAGES.length - 1) continue
      if (answer.status !== 200) throw refusal(answer, place, this.#client.tried)
      return repositoriesIn(body.bytes.toString('utf8'))
    }
    return []
  }

  /**
   * One repository alone without tags may have lost its last one; all of several have not.
   * @throws {StoreError} where there is no repository left that answers as one
   */
  async #requireWitness(signal: AbortSignal): Promise<void> {
    const asked = this.#witnesses.length > 0 ? this.#witnesses : [...this.#empty].slice(0, WITNESSES)
    if (this.#witnesses.length === 0 && asked.length < 2) return
    let failure: StoreError | undefined
    for (const repository of asked) {
      try {
        await this.#asks.countTags(repository, true, signal)
        return
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        failure ??= error
      }
    }
    if (failure === undefined) return
    const more = 'no repository answers as it did before: the registry may have lost its storage'
    throw new StoreError(`${failure.message}; ${more}`, { code: failure.code, place: failure.place })
  }

  /** What listed no tags may have done so while the registry was away. */
  async #askTheEmpty(signal: AbortSignal): Promise<Presence> {
    const empty = [...this.#empty]
    this.#empty.clear()
    const counts = await answers(empty, (repository) => this.#asks.countTags(repository, false, signal))
    const lost: LostPlace[] = []
    const back: string[] = []
    for (const [n, repository] of empty.entries()) {
      const count = counts[n]
      if (count instanceof StoreError)
        lost.push({ repository, place: count.place, because: count.code, detail: count.message })
      else if (count !== 0) back.push(repository)
    }
    return { lost, back }
  }
}

/** The registry answers, and shows less than before. */
class ShowsLess extends StoreError {}

/** What is no list of names lists none. */
function repositoriesIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    const names = typeof value === 'object' && value !== null && 'repositories' in value ? value.repositories : []
    return Array.isArray(names) ? names : []
  } catch {
    return []
  }
}
