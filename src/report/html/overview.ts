import { strip } from './history.ts'
import { badge, type Tone } from './icons.ts'
import { html, type Markup, type Part } from './markup.ts'
import { counted, moment, number, relative } from './quantities.ts'
import { type PageFacts, shell } from './shell.ts'
import { type Standing, standingOf } from './standing.ts'
import type { RegistryView } from './view.ts'

/** Which registries are whole, and how fresh that knowledge is; the worst first. */
export function overviewPage(views: readonly RegistryView[], about: PageFacts): string {
  const rows = rowsOf(views, about.now)
  const main = html`<h1>Registries</h1>
<p class="lead">${sumOf(rows)}</p>
${registryList(rows, about)}`
  return shell({ title: `${titleOf(rows)} · regfsck`, main, about })
}

export interface Row {
  readonly view: RegistryView
  readonly standing: Standing
}

const RANK: Readonly<Record<Tone, number>> = { damaged: 0, warning: 1, incomplete: 2, stale: 3, unknown: 4, clean: 5 }

export function rowsOf(views: readonly RegistryView[], now: Date): readonly Row[] {
  return views
    .map((view) => ({ view, standing: standingOf(view, now) }))
    .sort((a, b) => RANK[a.standing.tone] - RANK[b.standing.tone])
}

/** What a reader needs to know first, as one sentence. */
export function sumOf(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No registry is configured.'
  const count = (tone: Tone): number => rows.filter(({ standing }) => standing.tone === tone).length
  const empty = rows.filter(({ standing }) => standing.word === 'Empty').length
  const parts = [
    { n: count('damaged'), word: 'damaged' },
    { n: count('warning'), word: 'with warnings' },
    { n: count('incomplete'), word: 'not fully looked at' },
    { n: count('stale'), word: 'stale' },
    { n: empty, word: 'empty' },
    { n: count('unknown') - empty, word: 'not looked at yet' },
    { n: count('clean'), word: 'clean' },
  ].filter(({ n }) => n > 0)
  const [only] = parts
  if (parts.length === 1 && only !== undefined)
    return rows.length === 1
      ? `The one registry is ${only.word}.`
      : `All ${number(rows.length)} registries are ${only.word}.`
  return `Of ${counted(rows.length, 'registry', 'registries')}: ${parts.map(({ n, word }) => `${number(n)} ${word}`).join(', ')}.`
}

export function registryList(rows: readonly Row[], about: PageFacts): Markup {
  return html`<ul class="registries">${rows.map((row) => registryItem(row, about))}</ul>`
}

function registryItem({ view, standing }: Row, { now, linkTo }: PageFacts): Markup {
  const { registry, profile, target, asOf, freshness, history } = view
  const name = html`<bdi>${registry}</bdi>`
  return html`<li class="${standing.tone}"><div class="state">${badge(standing.tone, standing.word)}${
    freshness?.isStale && standing.tone === 'damaged' && html` <span class="also">stale</span>`
  }</div>
<div class="who"><h2>${linkTo ? html`<a href="${linkTo(registry, profile)}">${name}</a>` : name}${profile !== '' && html` <span class="soft"><bdi>${profile}</bdi></span>`}</h2><p class="exact soft"><bdi>${target}</bdi></p></div>
<p class="what"><bdi>${standing.sentences[0]}</bdi></p>
${freshness && html`<div class="fresh"><p>${asOf === undefined ? 'never looked at' : relative(asOf, now)}${freshness.isRunning && html` <span class="also running">running</span>`}</p>${asOf && html`<p class="soft">${moment(asOf)}</p>`}${strip(history)}</div>`}</li>`
}

function titleOf(rows: readonly Row[]): Part & string {
  const damaged = rows.filter(({ standing }) => standing.tone === 'damaged').length
  return damaged > 0 ? `${damaged} damaged` : 'Registries'
}
