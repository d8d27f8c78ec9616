import { StoreError } from '../../check/store-error.ts'
import type { Question, RegistryClient } from './client.ts'

/** What a listing in pages came to. */
export interface Pages {
  readonly names: readonly string[]
  /** Of the first page. */
  readonly status: number
  /** Why there may be more than was listed. */
  readonly ended: string | undefined
}

/** Names to a page; the reference server refuses more by default. */
const PAGE = 1000
/** Where a server refuses that too. */
const SMALL_PAGE = 100
/** Bytes of one page. */
const PAGE_LIMIT = 32 * 1024 * 1024
/** Pages of one listing; with a thousand names on each that is far more than any registry holds. */
const PAGES = 10_000

/**
 * Follow a listing to its end. Of a `Link` only the query counts: proxies write their own host into it, Nexus a wrong path,
 * and Artifactory leaves out the start of it.
 *
 * @param listing without a query
 * @throws {StoreError} where a page cannot be had or is no listing
 * @see distribution-spec v1.1.1, "Content Discovery"; CVE-2023-46737 for endless pages
 */
export async function pages(client: RegistryClient, listing: Question, how: How): Promise<Pages> {
  const listed = await pagesOf(client, { ...listing, path: `${listing.path}?n=${PAGE}` }, how)
  return listed.status === 400 ? pagesOf(client, { ...listing, path: `${listing.path}?n=${SMALL_PAGE}` }, how) : listed
}

interface How {
  readonly field: 'tags' | 'repositories'
  readonly signal: AbortSignal
}

async function pagesOf(client: RegistryClient, first: Question, { field, signal }: How): Promise<Pages> {
  const names: string[] = []
  const seen = new Set<string>()
  let path: string | undefined = first.path
  while (path !== undefined) {
    seen.add(path)
    const page: Page = await onePage(client, { ...first, path }, field, signal)
    if (page.status !== 200) {
      if (seen.size === 1) return { names, status: page.status, ended: undefined }
      return { names, status: 200, ended: `a later page answered ${page.status}` }
    }
    names.push(...page.names)
    path = page.next
    if (path !== undefined && (seen.has(path) || seen.size === PAGES))
      return { names, status: 200, ended: 'its pages lead in circles, so there may be more' }
  }
  return { names, status: 200, ended: undefined }
}

interface Page {
  readonly status: number
  readonly names: readonly string[]
  readonly next: string | undefined
}

async function onePage(client: RegistryClient, question: Question, field: string, signal: AbortSignal): Promise<Page> {
  let pieces: Uint8Array[] = []
  let bytes = 0
  const open = () => {
    pieces = []
    bytes = 0
    return (piece: Uint8Array): boolean => {
      pieces.push(piece)
      bytes += piece.byteLength
      return bytes <= PAGE_LIMIT
    }
  }
  const answer = await client.ask({ ...question, open }, signal)
  if (answer.status !== 200) return { status: answer.status, names: [], next: undefined }
  const malformed = (what: string): StoreError =>
    new StoreError(what, { code: 'STORE_MALFORMED', place: client.url(question.path).href })
  if (bytes > PAGE_LIMIT) throw malformed(`sent more than ${PAGE_LIMIT} bytes of names`)
  if (answer.end === 'cut')
    throw new StoreError('ended its answer early', { code: 'STORE_UNREACHABLE', place: client.url(question.path).href })
  const names = namesIn(Buffer.concat(pieces).toString('utf8'), field)
  if (names === undefined) throw malformed(`sent no JSON list of ${field}`)
  return { status: 200, names, next: nextIn(answer.headers['link'], question.path) }
}

/** `null` is a lawful empty list; what is not text in it names nothing. */
function namesIn(text: string, field: string): readonly string[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const list = (value as Readonly<Record<string, unknown>>)[field]
  if (list === null || list === undefined) return []
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : undefined
}

function nextIn(header: string | string[] | undefined, path: string): string | undefined {
  const link = [header ?? []].flat().join(', ')
  const target = /<([^>]*)>\s*;[^,]*\brel\s*=\s*"?next"?/i.exec(link)?.[1]
  if (target === undefined) return undefined
  const query = /\?([^#]*)/.exec(target)?.[1] ?? ''
  return `${path.replace(/\?.*$/, '')}?${new URLSearchParams(query).toString()}`
}
