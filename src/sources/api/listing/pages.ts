import { StoreError } from '../../../check/store-error.ts'
import type { RegistryClient } from '../client/client.ts'
import { refusal } from '../client/refusal.ts'
import type { RegistryRequest, RegistryResponse } from '../client/registry-request.ts'
import { CollectedNames } from './collected-names.ts'
import { type FetchedPage, fetchPage, type PageRequest } from './fetch-page.ts'
import type { ExpectedList } from './page-body.ts'

/** The names on all pages of a listing. */
export interface ListedNames {
  readonly names: readonly string[]
  /** Entries that are not strings, as JSON. */
  readonly odd: readonly string[]
  /** The response to the first request; without names if its status is not 200. */
  readonly response: RegistryResponse
  /** Why there may be more names. */
  readonly incomplete: StoreError | undefined
}

/** Names per page; distribution refuses more by default. */
const PAGE_SIZE = 1000
/** Tried in turn if the server answers 400: a smaller page, and the server's own page size. */
const SMALLER_PAGES: readonly string[] = ['?n=100', '']

interface ListingOptions extends ExpectedList {
  readonly signal: AbortSignal
  /** Milliseconds, by a monotonic clock. */
  readonly now?: () => number
}

/**
 * Fetches all pages of a listing. Of a `Link` header only the query is used: proxies put their own host into it, Nexus a
 * wrong path, and Artifactory omits the start. So all pages come from the same URL as the first.
 *
 * @param request without a query
 * @throws {StoreError} if the first page cannot be fetched or is not a listing
 * @see distribution-spec v1.1.1, "Content Discovery"
 */
export async function listNames(
  client: RegistryClient,
  request: RegistryRequest,
  options: ListingOptions,
): Promise<ListedNames> {
  let listed = await followPages(client, { ...request, path: `${request.path}?n=${PAGE_SIZE}` }, options)
  for (const query of SMALLER_PAGES) {
    if (listed.response.status !== 400) break
    listed = await followPages(client, { ...request, path: `${request.path}${query}` }, options)
  }
  return listed
}

async function followPages(
  client: RegistryClient,
  request: RegistryRequest,
  options: ListingOptions,
): Promise<ListedNames> {
  const collected = new CollectedNames(options.now ?? (() => performance.now()))
  let current: PageRequest = { is: 'at', path: request.path, isAnnounced: true }
  let page: FetchedPage | StoreError = await fetchPage(client, request, options)
  const { response } = page
  const listed = (incomplete?: StoreError): ListedNames => {
    return { names: collected.names, odd: collected.odd, response, incomplete }
  }
  if (response.status !== 200) return listed()
  while (!(page instanceof StoreError)) {
    const progress = collected.add(current, page)
    if (progress.is === 'complete') return listed()
    if (progress.is === 'stopped')
      return listed(new StoreError(progress.why, { code: 'STORE_MALFORMED', place: client.url(current.path).href }))
    current = progress
    page = await fetchLaterPage(client, { ...request, path: current.path }, options)
  }
  return listed(page)
}

async function fetchLaterPage(
  client: RegistryClient,
  request: RegistryRequest,
  options: ListingOptions,
): Promise<FetchedPage | StoreError> {
  try {
    const page = await fetchPage(client, request, options)
    if (page.response.status === 200) return page
    return laterPageError(refusal(page.response, client.url(request.path).href, client.tried))
  } catch (error) {
    if (!(error instanceof StoreError) || options.signal.aborted) throw error
    return laterPageError(error)
  }
}

function laterPageError({ message, code, place }: StoreError): StoreError {
  return new StoreError(`a later page: ${message}; so there may be more`, { code, place })
}
