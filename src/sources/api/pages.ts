import { StoreError } from '../../check/store-error.ts'
import { Body } from './body.ts'
import type { AnsweredBy, Question, RegistryClient } from './client.ts'

/** What a listing in pages came to. */
export interface Pages {
  readonly names: readonly string[]
  /** To the question for the first page. */
  readonly answer: AnsweredBy
  /** Why there may be more than was listed. */
  readonly ended: string | undefined
}

/** Names to a page; the reference server refuses more by default. */
const PAGE = 1000
/** Where a server refuses that: what some are content with, and what it takes for a page itself. */
const SMALLER: readonly string[] = ['?n=100', '']
/** Bytes of one page: 100,000 names, where a server does not know of pages. */
const PAGE_LIMIT = 8 * 1024 * 1024
/** Pages of one listing; with a thousand names on each that is far more than any registry holds. */
const PAGES = 10_000
/** Characters of all names of a listing: a million repositories. */
const LISTING_LIMIT = 64 * 1024 * 1024
/** Pages in a row without a new name; one may lawfully be empty where names are hidden from us. */
const BARREN = 10
/** Milliseconds for a listing, and as many more for each name: a page of ten names may take a second. */
const LISTING_TIME = 300_000
const TIME_FOR_NAME = 100

/**
 * Follow a listing to its end. Of a `Link` only the query counts: proxies write their own host into it, Nexus a wrong path,
 * and Artifactory leaves out the start of it. So no page can be fetched from anywhere but where the first one was.
 *
 * @param listing without a query
 * @throws {StoreError} where a page cannot be had or is no listing
 * @see distribution-spec v1.1.1, "Content Discovery"; CVE-2023-46737 for endless pages
 */
export async function pages(client: RegistryClient, listing: Question, how: How): Promise<Pages> {
  let listed = await pagesOf(client, { ...listing, path: `${listing.path}?n=${PAGE}` }, how)
  for (const query of SMALLER) {
    if (listed.answer.status !== 400) break
    listed = await pagesOf(client, { ...listing, path: `${listing.path}${query}` }, how)
  }
  return listed
}

interface How {
  readonly field: 'tags' | 'repositories'
  readonly signal: AbortSignal
  /** Milliseconds of the epoch. */
  readonly now?: () => number
}

async function pagesOf(client: RegistryClient, first: Question, how: How): Promise<Pages> {
  const { field, signal, now = Date.now } = how
  const names = new Set<string>()
  const seen = new Set<string>()
  const begun = now()
  let characters = 0
  let barren = 0
  let path = first.path
  let firstAnswer: AnsweredBy | undefined
  for (;;) {
    seen.add(path)
    const page = await onePage(client, { ...first, path }, field, signal)
    firstAnswer ??= page.answer
    const answer = firstAnswer
    const listed = (ended: string | undefined): Pages => ({ names: [...names], answer, ended })
    const { status } = page.answer
    if (status !== 200) return listed(seen.size === 1 ? undefined : `a later page answered ${status}`)
    const before = names.size
    for (const name of page.names) {
      if (!names.has(name)) characters += name.length
      names.add(name)
    }
    barren = names.size === before ? barren + 1 : 0
    if (page.next === undefined) return listed(undefined)
    path = page.next
    if (seen.has(path) || barren === BARREN) return listed('its pages lead in circles, so there may be more')
    if (seen.size === PAGES || characters > LISTING_LIMIT) return listed(`it does not end: ${names.size} names so far`)
    if (now() - begun > LISTING_TIME + names.size * TIME_FOR_NAME)
      return listed('its pages come too slowly, so there may be more')
  }
}

interface Page {
  readonly answer: AnsweredBy
  readonly names: readonly string[]
  readonly next: string | undefined
}

async function onePage(client: RegistryClient, question: Question, field: string, signal: AbortSignal): Promise<Page> {
  const body = new Body(PAGE_LIMIT)
  const answer = await client.ask({ ...question, open: body.open }, signal)
  if (answer.status !== 200) return { answer, names: [], next: undefined }
  const malformed = (what: string): StoreError =>
    new StoreError(what, { code: 'STORE_MALFORMED', place: client.url(question.path).href })
  if (body.isTooLong) throw malformed(`sent more than ${PAGE_LIMIT} bytes of names`)
  const names = namesIn(body.bytes.toString('utf8'), field)
  if (names === undefined) throw malformed(`sent no JSON list of ${field}`)
  return { answer, names, next: nextIn(answer.headers['link'], question.path) }
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
  const target = /<([^<>]*)>\s*;[^,]*\brel\s*=\s*"?next"?/i.exec(link)?.[1]
  if (target === undefined) return undefined
  const query = /\?([^#]*)/.exec(target)?.[1] ?? ''
  return `${path.replace(/\?.*$/, '')}?${new URLSearchParams(query).toString()}`
}
