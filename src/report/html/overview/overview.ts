import { damagedSince } from '../../records/damaged-since.ts'
import { REGISTRY_STATES } from '../../registry-status.ts'
import { badge, type Tone } from '../icons.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { type PageFacts, shell } from '../shell.ts'
import { strip } from './history.ts'
import { ago, counted, moment, number } from './quantities.ts'
import { type Standing, standingOf, stateWord, toneOf } from './status.ts'
import type { Freshness, RegistryView } from './view.ts'

/** Which registries are whole, and how fresh that knowledge is; the worst first. */
export function overviewPage(views: readonly RegistryView[], about: PageFacts): string {
  const rows = rowsOf(views, about.now)
  const main = html`<h1>Registries</h1>
<p class="lead">${sumOf(rows)}</p>
${registryList(rows, about)}`
  return shell({
    title: `${titleOf(rows)} · regfsck`,
    tone: worstTone(rows),
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

export interface Row {
  readonly view: RegistryView
  readonly standing: Standing
}

export function rowsOf(views: readonly RegistryView[], now: Date): readonly Row[] {
  return views
    .map((view) => ({ view, standing: standingOf(view, now) }))
    .sort((a, b) => REGISTRY_STATES.indexOf(a.standing.state) - REGISTRY_STATES.indexOf(b.standing.state))
}

/** What a reader needs to know first, as one sentence. */
export function sumOf(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No registry is configured.'
  const counts = REGISTRY_STATES.map((state) => ({
    state,
    n: rows.filter(({ standing }) => standing.state === state).length,
  })).filter(({ n }) => n > 0)
  const [only] = counts
  const all = counted(rows.length, 'registry', 'registries')
  if (counts.length === 1 && only !== undefined) return `${all}: ${rows.length > 1 ? 'all ' : ''}${only.state}.`
  return `${all}: ${counts.map(({ state, n }) => `${number(n)} ${state}`).join(', ')}.`
}

export function registryList(rows: readonly Row[], about: PageFacts): Markup {
  return html`<ul class="registries">${rows.map((row) => registryItem(row, about))}</ul>`
}

function registryItem({ view, standing }: Row, { now, linkTo }: PageFacts): Markup {
  const { registry, profile, target, freshness, history } = view
  const { state, sentences } = standing
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
export function worstTone([worst]: readonly Row[]): Tone {
  return worst === undefined ? 'unknown' : toneOf(worst.standing.state)
}

function titleOf(rows: readonly Row[]): Part & string {
  const damaged = rows.filter(({ standing }) => standing.state === 'damaged').length
  return damaged > 0 ? `${damaged} damaged` : 'Registries'
}
