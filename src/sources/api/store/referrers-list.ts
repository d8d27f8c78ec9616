import type { Answer, Listing } from '../../../check/ports.ts'
import { MANIFEST_LIMIT } from '../../../check/rules.ts'
import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import type { Digest } from '../../../oci/digest.ts'
import { readManifest } from '../../../oci/manifest.ts'
import { OCI_INDEX } from '../../../oci/media-type.ts'
import type { RegistryRequest } from '../client/registry-request.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import { nextPage } from '../listing/link-header.ts'
import { answerAll } from './answer-all.ts'
import type { RepositoryClient } from './repository-client.ts'

/** Pages of one list. */
const MOST_PAGES = 1000
/** Answers of servers without lists of referrers. Those with them answer 200, even for a digest that they do not have. */
const NOT_OFFERED: ReadonlySet<number> = new Set([400, 404, 405, 501])
/** So many questions in a row without a list show that a server has none; one alone may be a proxy's answer. */
const ENOUGH_REFUSALS = 3

/**
 * Lists the referrers of manifests in one repository.
 *
 * @see distribution-spec v1.1.1, "Listing Referrers"
 */
export class ReferrersList {
  readonly #repository: RepositoryClient
  #hasAnswered = false
  #refusals = 0

  constructor(repository: RepositoryClient) {
    this.#repository = repository
  }

  /** @param digests of manifests that the server has @returns nothing for each if it has no such lists */
  async list(digests: readonly Digest[]): Promise<readonly Answer<Listing<Digest>>[]> {
    const ask = (some: readonly Digest[]): Promise<readonly Answer<Listing<Digest>>[]> =>
      answerAll(some, (digest) => this.#listFor(digest))
    const found: Answer<Listing<Digest>>[] = []
    let asked = 0
    // One by one, until it is known whether the server has lists.
    for (; asked < digests.length && !this.#hasAnswered && !this.#isWithout; asked++)
      found.push(...(await ask(digests.slice(asked, asked + 1))))
    return [...found, ...(await ask(digests.slice(asked)))]
  }

  get #isWithout(): boolean {
    return !this.#hasAnswered && this.#refusals >= ENOUGH_REFUSALS
  }

  /** @throws {StoreError} */
  async #listFor(digest: Digest): Promise<Listing<Digest>> {
    const found = new Set<Digest>()
    const first = this.#repository.request('GET', `referrers/${digest}`, { accept: OCI_INDEX })
    let next: RegistryRequest | undefined = this.#isWithout ? undefined : first
    for (let pages = 0; next !== undefined; pages++) {
      if (pages === MOST_PAGES) throw this.#error(first, 'STORE_MALFORMED', 'its list of referrers does not end')
      const page: Page | undefined = await this.#page(next)
      for (const each of page?.found ?? []) found.add(each)
      const query: string | undefined = page?.query
      next = query === undefined ? undefined : { ...first, path: `${first.path}${query}` }
    }
    return { found: [...found], unreadable: [] }
  }

  /** @returns `undefined` if the server has no such lists */
  async #page(request: RegistryRequest): Promise<Page | undefined> {
    const body = new BodyBuffer(MANIFEST_LIMIT)
    const response = await this.#repository.send({ ...request, sink: body.open })
    if (NOT_OFFERED.has(response.status) && !this.#hasAnswered) {
      this.#refusals++
      return undefined
    }
    if (response.status !== 200) {
      // It has answered with a list before, so a 404 is not its own.
      const { code, message } = this.#repository.refusal(request, response)
      throw this.#error(request, code, message)
    }
    const index = body.isTooLong ? undefined : readManifest(body.bytes, { served: true })
    if (index?.is !== 'index') throw this.#error(request, 'STORE_MALFORMED', 'sent no list of referrers')
    this.#hasAnswered = true
    const link = nextPage(response.headers['link'])
    if (link.is === 'unreadable') throw this.#error(request, 'STORE_MALFORMED', link.why)
    const query = link.is === 'at' ? /\?[^#]*/.exec(link.target)?.[0] : undefined
    if (link.is === 'at' && query === undefined)
      throw this.#error(request, 'STORE_MALFORMED', 'its Link header names no other page, so there may be more')
    return { found: index.children.map((child) => child.digest), query }
  }

  #error(request: RegistryRequest, code: StoreErrorCode, detail: string): StoreError {
    return new StoreError(detail, { code, place: this.#repository.url(request) })
  }
}

interface Page {
  readonly found: readonly Digest[]
  /** Of the next page. */
  readonly query: string | undefined
}
