import type { UncheckedRecord } from '../../../check/records.ts'
import { type LostPlace, type Presence, TargetError } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Graph } from '../../../check/walk/graph.ts'
import type { RegistryClient } from '../client/client.ts'
import { recordIn } from '../client/protocol-errors.ts'
import { refusal } from '../client/refusal.ts'
import type { RegistryRequest } from '../client/registry-request.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import { answerAll } from '../store/answer-all.ts'
import { PAGE_LIMIT } from './fetch-page.ts'

/** Repositories with tags that are requested again at the end. */
const MAX_WITNESSES = 5
/** Tried in turn if the server answers 400: a smaller page, and the server's own page size. */
const PAGE_QUERIES: readonly string[] = ['?n=1000', '?n=100', '']

/** Requests that show whether a registry is still there. */
export interface PresenceChecks {
  /** @throws {TargetError} if no registry answers at `/v2/` */
  reach(signal: AbortSignal): Promise<void>
  /**
   * @returns how many tags a repository lists
   * @throws {StoreError} also if `mustExist` and there is no such repository
   */
  countTags(repository: string, mustExist: boolean, signal: AbortSignal): Promise<number>
}

/**
 * Checks that a registry still lists what it listed before. A registry that lost its storage, or was restarted on other
 * storage, answers a correct 404 for everything.
 */
export class RegistryPresence {
  readonly #client: RegistryClient
  readonly #checks: PresenceChecks
  readonly #catalog = new Set<string>()
  #isCatalogComplete = true
  /** The first few repositories with tags. */
  readonly #witnesses: string[] = []
  /** Repositories without tags that have not been listed again. */
  readonly #empty = new Set<string>()

  constructor(client: RegistryClient, checks: PresenceChecks) {
    this.#client = client
    this.#checks = checks
  }

  /** Records an entry of the catalog: a name, or what could not be listed. */
  recordListed(found: string | UncheckedRecord): void {
    if (typeof found === 'string') this.#catalog.add(found)
    else this.#isCatalogComplete = false
  }

  /** Records the result of a walk. */
  recordWalk({ repository, tags, unreadable }: Pick<Graph, 'repository' | 'tags' | 'unreadable'>): void {
    if (tags.size > 0) {
      if (!this.#witnesses.includes(repository) && this.#witnesses.length < MAX_WITNESSES)
        this.#witnesses.push(repository)
      this.#empty.delete(repository)
    } else if (unreadable.length === 0) this.#empty.add(repository)
  }

  /** @param repositories whose earlier findings are about to be dropped */
  async stillThere(repositories: readonly string[], signal: AbortSignal): Promise<Presence> {
    const lost = await this.#loss(repositories.length > 0, signal)
    if (lost !== undefined) return { lost: [lost], back: [] }
    return this.#listEmptyAgain(signal)
  }

  async #loss(isDropping: boolean, signal: AbortSignal): Promise<LostPlace | undefined> {
    try {
      await this.#checks.reach(signal)
      const dependsOnAbsence = isDropping || this.#empty.size > 0
      if (dependsOnAbsence) {
        if (this.#catalog.size > 0) await this.#requireCatalog(signal)
        await this.#requireWitness(signal)
      } else if (this.#catalog.size > 0 && this.#isCatalogComplete) await this.#requireCatalogOrWitness(signal)
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

  /** Used if no result depends on something being absent: one answer of the two is enough. */
  async #requireCatalogOrWitness(signal: AbortSignal): Promise<void> {
    try {
      await this.#requireCatalog(signal)
    } catch (error) {
      if (!(error instanceof StoreError) || error instanceof ListsLessError || this.#witnesses.length === 0) throw error
      await this.#requireWitness(signal)
    }
  }

  /** @throws {StoreError} if it lists none of the names that it listed before */
  async #requireCatalog(signal: AbortSignal): Promise<void> {
    const place = this.#client.url('v2/_catalog').href
    const names = await this.#firstPage(place, signal)
    const gone = (detail: string): StoreError => new ListsLessError(detail, { code: 'STORE_READ_FAILED', place })
    if (names.length === 0)
      throw gone('no longer lists any repository: the registry may have lost its storage, or run on another one')
    if (!names.some((name) => typeof name === 'string' && this.#catalog.has(name)))
      throw gone('lists none of the repositories that it listed before: the registry may run on other storage')
  }

  async #firstPage(place: string, signal: AbortSignal): Promise<readonly unknown[]> {
    for (const [n, query] of PAGE_QUERIES.entries()) {
      const body = new BodyBuffer(PAGE_LIMIT)
      const path = `v2/_catalog${query}`
      const request: RegistryRequest = { method: 'GET', path, scope: 'registry:catalog:*', sink: body.open }
      const response = await this.#client.send(request, signal)
      if (response.status === 400 && n < PAGE_QUERIES.length - 1) continue
      if (response.status !== 200) throw refusal(response, place, this.#client.tried)
      const { repositories } = recordIn(body.bytes)
      return Array.isArray(repositories) ? (repositories as readonly unknown[]) : []
    }
    return []
  }

  /**
   * If there are only repositories without tags, at least two are needed: a single one may have been deleted.
   *
   * @throws {StoreError} if no repository lists its tags any more
   */
  async #requireWitness(signal: AbortSignal): Promise<void> {
    const witnesses = this.#witnesses.length > 0 ? this.#witnesses : [...this.#empty].slice(0, MAX_WITNESSES)
    if (this.#witnesses.length === 0 && witnesses.length < 2) return
    let failure: StoreError | undefined
    for (const repository of witnesses) {
      try {
        await this.#checks.countTags(repository, true, signal)
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

  /** Lists again the repositories without tags: they may have been listed while the registry was down. */
  async #listEmptyAgain(signal: AbortSignal): Promise<Presence> {
    const empty = [...this.#empty]
    this.#empty.clear()
    const counts = await answerAll(empty, (repository) => this.#checks.countTags(repository, false, signal))
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

/** The registry answers, and lists less than before. */
class ListsLessError extends StoreError {}
