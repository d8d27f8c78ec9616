import { shape } from '../icons.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { historyTable } from '../overview/history.ts'
import { counted, duration, momentAgo, number } from '../overview/quantities.ts'
import { stateWord, toneOf } from '../overview/status.ts'
import { codePageIn } from '../registry/paths.ts'
import { matcher, searchForm } from '../search.ts'
import { heading, type PageFacts, shell } from '../shell.ts'
import { deployedJsonIn } from './deployed-paths.ts'
import { deployedStatusOf } from './deployed-status.ts'
import { DEPLOYED_STATES, type DeployedView, type UnknownPlace, type Workload } from './deployed-view.ts'
import { STATE_WORDS, workloadItem, workloadText } from './workload-item.ts'

/** Workloads on one page. */
const PAGE = 100
/** Up to so many workloads with problems are expanded at first. */
const OPEN = 20
/** Unknown places that are listed. */
const MOST_UNKNOWN = 200

/** The page "Deployed images" of one set of references. */
export function deployedPage(
  view: DeployedView,
  query: { readonly search: string; readonly page: number },
  about: PageFacts,
): string {
  const { state, sentences } = deployedStatusOf(view, about.now)
  const [first, ...more] = sentences
  const { prefix = '' } = about
  const tone = toneOf(state)
  const main = html`<div class="title"><h1>Deployed images: <bdi>${view.name}</bdi></h1></div>
<div class="banner ${tone}"><p class="verdict">${shape(tone)}<strong>${stateWord(state)}</strong></p><p class="first"><bdi>${first}</bdi></p>${more.map((sentence) => html`<p><bdi>${sentence}</bdi></p>`)}</div>
${tiles(view)}
<dl class="facts">${facts(view, about.now)}</dl>
${workloads(view, query, prefix)}${unknown(view.unknown, prefix)}
${view.history.length > 0 && html`<section>${heading(2, 'Last runs')}${historyTable(view.history, about.now)}</section>`}`
  const crumb = html`<nav aria-label="Breadcrumb"><a class="brand" href="${prefix}/">regfsck</a> <span aria-hidden="true">/</span> <span aria-current="page"><bdi>${view.name}</bdi></span></nav>`
  return shell({
    title: `${stateWord(state)}: ${view.name} · regfsck`,
    tone,
    crumb,
    links: html`<a href="${deployedJsonIn(prefix, view.name)}">JSON</a> <a href="${prefix}/metrics">Metrics</a>`,
    main,
    about,
    refreshes: 'by script',
  })
}

function tiles({ workloads }: DeployedView): Part {
  if (workloads.length === 0) return undefined
  return html`<dl class="tiles">${DEPLOYED_STATES.map((state) => {
    const n = workloads.filter((workload) => workload.state === state).length
    return html`<div class="${n > 0 ? STATE_WORDS[state].tone : 'none'}"><dt>workloads ${STATE_WORDS[state].word.toLowerCase()}</dt><dd>${number(n)}</dd></div>`
  })}</dl>`
}

function facts({ target, asOf, freshness, history, images }: DeployedView, now: Date): readonly Part[] {
  const { lastCompleteAt: complete, nextRunAt: next, isRunning, interval } = freshness
  const [last] = history
  return [
    fact('Last run', last === undefined ? 'none yet' : html`${momentAgo(last.finishedAt, now)}, ${last.verdict}`),
    last !== undefined && fact('Last complete run', complete === undefined ? 'never' : momentAgo(complete, now)),
    asOf !== undefined && fact('Images', number(images.length)),
    fact('Next run', isRunning ? 'running now' : next === undefined ? 'not scheduled' : momentAgo(next, now)),
    fact('Interval', duration(interval)),
    fact('Read from', html`<bdi class="exact">${target}</bdi>`),
  ]
}

function workloads(
  { workloads: all, name }: DeployedView,
  { search, page }: { readonly search: string; readonly page: number },
  prefix: string,
): Part {
  if (all.length === 0) return undefined
  const matches = matcher(search)
  const found = search.trim() === '' ? all : all.filter((workload) => matches(workloadText(workload)))
  const pages = Math.max(1, Math.ceil(found.length / PAGE))
  const at = Math.min(Math.max(1, page), pages)
  const shown = found.slice((at - 1) * PAGE, at * PAGE)
  const form = searchForm({ search, profile: '', isServed: true, isPaged: pages > 1, id: 'search' })
  const matchCount =
    search.trim() !== '' &&
    html`<p>${counted(found.length, 'workload')} of ${number(all.length)} ${found.length === 1 ? 'matches' : 'match'} “<bdi>${search}</bdi>”. <a href="${prefix}/deployed/${encodeURIComponent(name)}">Show all</a></p>`
  return html`<section>${heading(2, 'Workloads', 'workloads')}
<p>${counted(all.length, 'workload')}${all.length > 1 && ', the worst first'}.</p>
${form}${matchCount}
<ul class="items">${shown.map((workload, n) => workloadItem(workload, isOpen(workload, n), prefix))}</ul>
${pages > 1 && pager(at, pages, search)}</section>
`
}

function isOpen({ state }: Workload, n: number): boolean {
  return n < OPEN && state !== 'whole'
}

function pager(at: number, pages: number, search: string): Markup {
  const link = (page: number, word: string, rel: string): Part => {
    if (page < 1 || page > pages) return undefined
    const query = new URLSearchParams({ ...(search !== '' && { q: search }), page: String(page) }).toString()
    return html`<a rel="${rel}" href="?${query}#workloads">${word}</a>`
  }
  return html`<nav class="pager" aria-label="Pages">${link(at - 1, 'Previous', 'prev')} <span>Page ${at} of ${pages}</span> ${link(at + 1, 'Next', 'next')}</nav>`
}

function unknown(places: readonly UnknownPlace[], prefix: string): Part {
  if (places.length === 0) return undefined
  const rest = places.length - MOST_UNKNOWN
  return html`<section>${heading(2, 'Not known')}
<p>Here it is unknown which image is meant, or a file or a part of a cluster cannot be read.</p>
<ul class="notes">${places
    .slice(0, MOST_UNKNOWN)
    .map(
      ({ path, because, detail }) =>
        html`<li><code class="exact"><bdi>${path}</bdi></code> <a class="code" href="${codePageIn(prefix, 'unchecked', because)}">${because}</a> <bdi>${detail}</bdi></li>`,
    )}${rest > 0 && html`<li>And ${number(rest)} more.</li>`}</ul></section>
`
}

function fact(name: string, value: Part): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
