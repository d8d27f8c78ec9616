import { StoreError } from '../../../check/store-error.ts'
import type { AnsweredBy, Question, RegistryClient } from '../client/client.ts'
import { refusal } from '../client/refusal.ts'
import { Body } from '../http/body-buffer.ts'
import { type NextPage, nextPage } from './link-header.ts'
import { readListingPage, type WantedList } from './listing-page.ts'

/** What a listing in pages came to. */
export interface Pages {
  readonly names: readonly string[]
  /** What is listed, and is no text, as JSON. */
  readonly odd: readonly string[]
  /** To the question for the first page. */
  readonly answer: AnsweredBy
  /** Why there may be more than was listed. */
  readonly ended: StoreError | undefined
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
/** Entries that are no names, and are kept to be told. */
const ODD_ENTRIES = 1000

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

interface How extends WantedList {
  readonly signal: AbortSignal
  /** Milliseconds by any clock that nobody sets. */
  readonly now?: () => number
}

async function pagesOf(client: RegistryClient, first: Question, how: How): Promise<Pages> {
  const { signal, now = () => performance.now() } = how
  const names = new Set<string>()
  const odd: string[] = []
  const seen = new Set<string>()
  const begun = now()
  let characters = 0
  let barren = 0
  let next: NextQuestion = { is: 'at', path: first.path, told: true }
  let firstAnswer: AnsweredBy | undefined
  for (;;) {
    const { path, told } = next
    const place = client.url(path).href
    seen.add(path)
    let page: Page | StoreError
    try {
      page = await onePage(client, { ...first, path }, how)
    } catch (error) {
      if (!(error instanceof StoreError) || firstAnswer === undefined || signal.aborted) throw error
      page = error
    }
    if (!(page instanceof StoreError)) firstAnswer ??= page.answer
    else if (firstAnswer === undefined) throw page
    const answer = firstAnswer
    const listed = (ended: StoreError | undefined): Pages => ({ names: [...names], odd, answer, ended })
    const mayHaveMore = (why: string): Pages => listed(new StoreError(why, { code: 'STORE_MALFORMED', place }))
    if (page instanceof StoreError) return listed(laterPage(page))
    const { status } = page.answer
    if (status !== 200)
      return listed(seen.size === 1 ? undefined : laterPage(refusal(page.answer, place, client.tried)))
    const before = names.size
    for (const name of page.names) {
      if (!names.has(name)) characters += name.length
      names.add(name)
    }
    odd.push(...page.odd.slice(0, ODD_ENTRIES - odd.length))
    const isNew = names.size > before
    barren = isNew ? 0 : barren + 1
    // Nobody said that there was such a page, and it holds nothing new.
    if (!told && !isNew) return listed(undefined)
    if (page.next.is === 'none') return listed(undefined)
    if (page.next.is === 'unreadable') return mayHaveMore(page.next.why)
    next = page.next
    if (seen.has(next.path) && page.names.length === 0 && seen.size > 1) return listed(undefined)
    if (seen.has(next.path) || barren === BARREN) return mayHaveMore('its pages lead in circles, so there may be more')
    if (seen.size === PAGES || characters > LISTING_LIMIT)
      return mayHaveMore(`it does not end: ${names.size} names so far`)
    if (now() - begun > LISTING_TIME + names.size * TIME_FOR_NAME)
      return mayHaveMore('its pages come too slowly, so there may be more')
  }
}

function laterPage(error: StoreError): StoreError {
  return new StoreError(`a later page: ${error.message}; so there may be more`, {
    code: error.code,
    place: error.place,
  })
}

interface Page {
  readonly answer: AnsweredBy
  readonly names: readonly string[]
  readonly odd: readonly string[]
  readonly next: NextQuestion | Exclude<NextPage, { is: 'at' }>
}

interface NextQuestion {
  readonly is: 'at'
  readonly path: string
  /** A Link says that there is such a page; else it is only asked for to be sure. */
  readonly told: boolean
}

async function onePage(client: RegistryClient, question: Question, how: How): Promise<Page> {
  const body = new Body(PAGE_LIMIT)
  const answer = await client.ask({ ...question, open: body.open }, how.signal)
  if (answer.status !== 200) return { answer, names: [], odd: [], next: { is: 'none' } }
  const malformed = (what: string): StoreError =>
    new StoreError(what, { code: 'STORE_MALFORMED', place: client.url(question.path).href })
  if (body.isTooLong) throw malformed(`sent more than ${PAGE_LIMIT} bytes of names`)
  const page = readListingPage(body.bytes, how)
  if (page.is === 'no-list') throw malformed(page.why)
  const { names, odd } = page
  const next = nextPage(answer.headers['link'])
  if (next.is === 'unreadable') return { answer, names, odd, next }
  if (next.is === 'none') return { answer, names, odd, next: afterFullPage(question.path, names) ?? next }
  const query = /\?([^#]*)/.exec(next.target)?.[1] ?? ''
  return { answer, names, odd, next: questionFor(question.path, new URLSearchParams(query), true) }
}

/** A page that holds exactly what was asked for, without a Link: a proxy may have dropped the header. */
function afterFullPage(path: string, names: readonly string[]): NextQuestion | undefined {
  const asked = new URLSearchParams(path.replace(/^[^?]*/, ''))
  const last = names.at(-1)
  if (last === undefined || asked.get('n') !== String(names.length)) return undefined
  asked.set('last', last)
  return questionFor(path, asked, false)
}

function questionFor(path: string, query: URLSearchParams, told: boolean): NextQuestion {
  return { is: 'at', path: `${path.replace(/\?.*$/, '')}?${query.toString()}`, told }
}
