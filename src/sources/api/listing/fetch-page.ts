import { StoreError } from '../../../check/store-error.ts'
import type { RegistryClient } from '../client/client.ts'
import type { RegistryRequest, RegistryResponse } from '../client/registry-request.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import { type NextPage, nextPage } from './link-header.ts'
import { type ExpectedList, parsePage } from './page-body.ts'

/** Bytes of one page: 100,000 names, for servers without pagination. */
export const PAGE_LIMIT: number = 8 * 1024 * 1024

/** One page of a listing. Without names if the status is not 200. */
export interface FetchedPage {
  readonly response: RegistryResponse
  readonly names: readonly string[]
  /** Entries that are not strings, as JSON. */
  readonly odd: readonly string[]
  readonly next: PageRequest | Exclude<NextPage, { is: 'at' }>
}

/** The next page to request. */
export interface PageRequest {
  readonly is: 'at'
  readonly path: string
  /** `false` if no Link header names the page, and it is requested only to make sure that there are no more names. */
  readonly isAnnounced: boolean
}

/** Fetches one page. @throws {StoreError} if there is no response, or its body is not a listing */
export async function fetchPage(
  client: RegistryClient,
  request: RegistryRequest,
  { signal, ...expected }: ExpectedList & { readonly signal: AbortSignal },
): Promise<FetchedPage> {
  const body = new BodyBuffer(PAGE_LIMIT)
  const response = await client.send({ ...request, sink: body.open }, signal)
  if (response.status !== 200) return { response, names: [], odd: [], next: { is: 'none' } }
  const malformed = (what: string): StoreError =>
    new StoreError(what, { code: 'STORE_MALFORMED', place: client.url(request.path).href })
  if (body.isTooLong) throw malformed(`sent more than ${PAGE_LIMIT} bytes of names`)
  const page = parsePage(body.bytes, expected)
  if (page.is === 'no-list') throw malformed(page.why)
  const { names, odd } = page
  return { response, names, odd, next: nextRequest(request.path, names, nextPage(response.headers['link'])) }
}

function nextRequest(path: string, names: readonly string[], link: NextPage): FetchedPage['next'] {
  if (link.is === 'unreadable') return link
  if (link.is === 'none') return afterFullPage(path, names) ?? link
  const query = /\?([^#]*)/.exec(link.target)?.[1] ?? ''
  return pageRequest(path, new URLSearchParams(query), true)
}

/** After a page with exactly as many names as requested and no Link: a proxy may have dropped the header. */
function afterFullPage(path: string, names: readonly string[]): PageRequest | undefined {
  const query = new URLSearchParams(path.replace(/^[^?]*/, ''))
  const last = names.at(-1)
  if (last === undefined || query.get('n') !== String(names.length)) return undefined
  query.set('last', last)
  return pageRequest(path, query, false)
}

function pageRequest(path: string, query: URLSearchParams, isAnnounced: boolean): PageRequest {
  return { is: 'at', path: `${path.replace(/\?.*$/, '')}?${query.toString()}`, isAnnounced }
}
