import { html, type Markup, type Part } from '../markup.ts'
import { historyTable } from '../overview/history.ts'
import { counted, number } from '../overview/quantities.ts'
import { stateWord, statusOf, toneOf } from '../overview/status.ts'
import type { RegistryView } from '../overview/view.ts'
import { matcher, searchForm } from '../search.ts'
import { heading, type PageFacts, shell } from '../shell.ts'
import { banner } from './banner.ts'
import { imagesSection } from './images-section.ts'
import { reportIn } from './paths.ts'
import { PreparedReport } from './prepared.ts'

/** Images on one page. */
const PAGE = 100

/** The query of a registry's page. */
export interface PageQuery {
  readonly search: string
  /** From 1. */
  readonly page: number
}

/** The page of one registry. What does not change between two runs is rendered once. */
export class PreparedRegistry {
  readonly #prepared: PreparedReport | undefined

  /**
   * @param view only its report is used
   * @param prefix path of the server
   */
  constructor({ report }: Pick<RegistryView, 'report'>, prefix: string) {
    this.#prepared = report && new PreparedReport(report, { level: 2, prefix })
  }

  /** @param view with the same report; freshness and history may be newer */
  page(view: RegistryView, query: PageQuery, about: PageFacts): string {
    const { registry, profile, history } = view
    const { state } = statusOf(view, about.now)
    const main = html`<div class="title"><h1><bdi>${registry}</bdi>${profile !== '' && html` <span class="soft"><bdi>${profile}</bdi></span>`}</h1></div>
${banner(view, about.now)}
<div>${this.#prepared && this.#images(this.#prepared, view, query)}${this.#prepared?.rest}</div>
${history.length > 0 && html`<section>${heading(2, 'Last runs')}${historyTable(history, about.now)}</section>`}`
    const { prefix = '' } = about
    const crumb = html`<nav aria-label="Breadcrumb"><a class="brand" href="${prefix}/">regfsck</a> <span aria-hidden="true">/</span> <span aria-current="page"><bdi>${registry}</bdi></span></nav>`
    return shell({
      title: `${stateWord(state)}: ${registry}${profile === '' ? '' : ` (${profile})`} · regfsck`,
      tone: toneOf(state),
      crumb,
      links: html`<a href="${reportIn(prefix, view)}">JSON</a> <a href="${prefix}/metrics">Metrics</a>`,
      main,
      about,
      refreshes: 'by script',
    })
  }

  #images(prepared: PreparedReport, { profile }: RegistryView, { search, page }: PageQuery): Markup | undefined {
    const { images } = prepared
    if (images.length === 0) return undefined
    const matches = matcher(search)
    const found = search.trim() === '' ? images : images.filter((image) => matches(prepared.text(image)))
    const pages = Math.max(1, Math.ceil(found.length / PAGE))
    const at = Math.min(Math.max(1, page), pages)
    const form = searchForm({ search, profile, isServed: true, isPaged: pages > 1, id: 'search' })
    const matchCount =
      search.trim() !== '' &&
      html`<p>${counted(found.length, 'image')} of ${number(images.length)} ${found.length === 1 ? 'matches' : 'match'} “<bdi>${search}</bdi>”. <a href="?${queryText(profile, '', 1)}">Show all</a></p>`
    return imagesSection(prepared, found.slice((at - 1) * PAGE, at * PAGE), {
      heading: heading(2, 'Images', 'images'),
      around: { before: html`${form}${matchCount}`, after: pages > 1 && pager({ at, pages, profile, search }) },
    })
  }
}

function pager({ at, pages, profile, search }: { at: number; pages: number; profile: string; search: string }): Part {
  const link = (page: number, word: string, rel: string): Part =>
    page >= 1 && page <= pages && html`<a rel="${rel}" href="?${queryText(profile, search, page)}#images">${word}</a>`
  return html`<nav class="pager" aria-label="Pages">${link(at - 1, 'Previous', 'prev')} <span>Page ${at} of ${pages}</span> ${link(at + 1, 'Next', 'next')}</nav>`
}

function queryText(profile: string, search: string, page: number): string {
  return new URLSearchParams({
    ...(profile !== '' && { profile }),
    ...(search !== '' && { q: search }),
    ...(page > 1 && { page: String(page) }),
  }).toString()
}
