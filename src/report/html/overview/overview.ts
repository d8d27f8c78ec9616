import { damagedSince } from '../../records/damaged-since.ts'
import { STATUS_NAMES } from '../../registry-status.ts'
import { deployedSection } from '../deployed/deployed-list.ts'
import type { DeployedView } from '../deployed/deployed-view.ts'
import { badge, type Tone } from '../icons.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { type PageFacts, shell } from '../shell.ts'
import { strip } from './history.ts'
import { ago, counted, moment, number } from './quantities.ts'
import { type RegistryStatus, stateWord, statusOf, toneOf } from './status.ts'
import type { Freshness, RegistryView } from './view.ts'

/** The start page: the status of each registry and when it was last scanned, the worst first. */
export function overviewPage(
  views: readonly RegistryView[],
  about: PageFacts,
  deployed: readonly DeployedView[] = [],
): string {
  const rows = rowsOf(views, about.now)
  const images = deployedSection(deployed, about)
  const registries = html`<h1>Registries</h1>
<p class="lead">${summaryOf(rows)}</p>
${registryList(rows, about)}`
  const main = html`${rows.length === 0 && images.tone !== undefined ? html`<h1>regfsck</h1>` : registries}
${images.markup}`
  return shell({
    title: `${titleOf(rows, images.damaged)} · regfsck`,
    tone: worseOf(worstTone(rows), images.tone),
    links: linksOf(about),
    main,
    about,
    refreshes: 'always',
  })
}

function linksOf({ prefix }: PageFacts): Part {
  if (prefix === undefined) return undefined
  return html`<a href="${prefix}/api/v1/registries">JSON</a> <a href="${prefix}/metrics">Metrics</a>`
}

/** A line of the list of registries. */
export interface RegistryRow {
  readonly view: RegistryView
  readonly status: RegistryStatus
}

/** The lines of the list, the worst first. */
export function rowsOf(views: readonly RegistryView[], now: Date): readonly RegistryRow[] {
  return views
    .map((view) => ({ view, status: statusOf(view, now) }))
    .sort((a, b) => STATUS_NAMES.indexOf(a.status.state) - STATUS_NAMES.indexOf(b.status.state))
}

/** One sentence about all of them, such as `3 registries: 1 damaged, 2 clean.` */
export function summaryOf(rows: readonly RegistryRow[]): string {
  if (rows.length === 0) return 'No registry is configured.'
  const counts = STATUS_NAMES.map((state) => ({
    state,
    n: rows.filter(({ status }) => status.state === state).length,
  })).filter(({ n }) => n > 0)
  const [only] = counts
  const all = counted(rows.length, 'registry', 'registries')
  if (counts.length === 1 && only !== undefined) return `${all}: ${rows.length > 1 ? 'all ' : ''}${only.state}.`
  return `${all}: ${counts.map(({ state, n }) => `${number(n)} ${state}`).join(', ')}.`
}

/** The list of registries. */
export function registryList(rows: readonly RegistryRow[], about: PageFacts): Markup {
  return html`<ul class="registries">${rows.map((row) => registryItem(row, about))}</ul>`
}

function registryItem({ view, status }: RegistryRow, { now, linkTo }: PageFacts): Markup {
  const { registry, profile, target, freshness, history } = view
  const { state, sentences } = status
  const tone = toneOf(state)
  const name = html`<bdi>${registry}</bdi>`
  return html`<li class="${tone}"><div class="state">${badge(tone, stateWord(state))}${
    freshness?.isStale && state === 'damaged' && html` <span class="also">stale</span>`
  }</div>
<div class="who"><h2>${linkTo ? html`<a href="${linkTo(registry, profile)}">${name}</a>` : name}${profile !== '' && html` <span class="soft"><bdi>${profile}</bdi></span>`}</h2><p class="exact soft"><bdi>${target}</bdi></p></div>
<p class="what"><bdi>${sentences[0]}</bdi></p>
${freshness && html`<div class="fresh">${times(view, freshness, now)}${strip(history)}</div>`}</li>`
}

function times({ report, history }: RegistryView, { isRunning, nextRunAt }: Freshness, now: Date): Markup {
  const since = report && damagedSince(report)
  const [last] = history
  return html`<dl>${since !== undefined && time('Damaged since', moment(since))}${time(
    'Last run',
    last === undefined ? 'none yet' : ago(last.finishedAt, now),
  )}${time('Next run', isRunning ? html`<span class="running">running now</span>` : nextRunAt === undefined ? 'not scheduled' : ago(nextRunAt, now))}</dl>`
}

function time(name: string, value: Part): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

/** @param rows the worst first */
export function worstTone([worst]: readonly RegistryRow[]): Tone {
  return worst === undefined ? 'unknown' : toneOf(worst.status.state)
}

/** The worse of two tones; that of no registry is no news. */
function worseOf(registries: Tone, deployed: Tone | undefined): Tone {
  if (deployed === undefined) return registries
  return TONES.indexOf(deployed) <= TONES.indexOf(registries) ? deployed : registries
}

const TONES: readonly Tone[] = ['damaged', 'warning', 'incomplete', 'stale', 'clean', 'unknown']

function titleOf(rows: readonly RegistryRow[], broken: number): Part & string {
  const damaged = rows.filter(({ status }) => status.state === 'damaged').length + broken
  return damaged > 0 ? `${damaged} damaged` : 'Registries'
}
