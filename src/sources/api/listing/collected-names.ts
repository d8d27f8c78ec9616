import type { FetchedPage, PageRequest } from './fetch-page.ts'

/** Pages; with a thousand names on each that is far more than any registry has. */
const MAX_PAGES = 10_000
/** Characters of all names: a million repositories. */
const MAX_CHARACTERS = 64 * 1024 * 1024
/** Pages in a row without a new name. A page may be empty if we may not see its names. */
const MAX_BARREN_PAGES = 10
/** Milliseconds for a listing, and for each name besides: a page of ten names may take a second. */
const TIME = 300_000
const TIME_PER_NAME = 100
/** Entries that are not strings. */
const MAX_ODD_ENTRIES = 1000

/** What a page means for the listing: go on, done, or stopped though there may be more. */
export type ListingProgress =
  | PageRequest
  | { readonly is: 'complete' }
  | { readonly is: 'stopped'; readonly why: string }

/** The names of all pages of a listing. Bounds its length and its time. @see CVE-2023-46737 for endless pages */
export class CollectedNames {
  readonly #now: () => number
  readonly #begun: number
  readonly #names = new Set<string>()
  readonly #odd: string[] = []
  readonly #requested = new Set<string>()
  #characters = 0
  #barrenPages = 0

  /** @param now milliseconds, by a monotonic clock */
  constructor(now: () => number) {
    this.#now = now
    this.#begun = now()
  }

  /** Without duplicates, in the order of the pages. */
  get names(): readonly string[] {
    return [...this.#names]
  }

  /** Entries that are not strings, as JSON. */
  get odd(): readonly string[] {
    return this.#odd
  }

  /** Adds a page. */
  add(request: PageRequest, page: FetchedPage): ListingProgress {
    this.#requested.add(request.path)
    const hasNew = this.#addNames(page)
    this.#barrenPages = hasNew ? 0 : this.#barrenPages + 1
    const { next } = page
    if (next.is === 'none' || (!request.isAnnounced && !hasNew)) return COMPLETE
    if (next.is === 'unreadable') return stopped(next.why)
    if (this.#requested.has(next.path)) {
      const isEmptyLast = page.names.length === 0 && this.#requested.size > 1
      return isEmptyLast ? COMPLETE : stopped(CIRCLE)
    }
    const why = this.#exceeded()
    return why === undefined ? next : stopped(why)
  }

  #addNames({ names, odd }: FetchedPage): boolean {
    const before = this.#names.size
    for (const name of names) {
      if (!this.#names.has(name)) this.#characters += name.length
      this.#names.add(name)
    }
    this.#odd.push(...odd.slice(0, MAX_ODD_ENTRIES - this.#odd.length))
    return this.#names.size > before
  }

  #exceeded(): string | undefined {
    if (this.#barrenPages === MAX_BARREN_PAGES) return CIRCLE
    if (this.#requested.size === MAX_PAGES || this.#characters > MAX_CHARACTERS)
      return `it does not end: ${this.#names.size} names so far`
    const isSlow = this.#now() - this.#begun > TIME + this.#names.size * TIME_PER_NAME
    return isSlow ? 'its pages come too slowly, so there may be more' : undefined
  }
}

const COMPLETE = { is: 'complete' } as const
const CIRCLE = 'its pages form a loop, so there may be more'

function stopped(why: string): ListingProgress {
  return { is: 'stopped', why }
}
