import { shape } from './icons.ts'
import { html, type Markup, type Part } from './markup.ts'
import { duration, moment, momentAgo, number } from './quantities.ts'
import { type Standing, standingOf } from './standing.ts'
import type { RegistryView } from './view.ts'

/** How a registry stands, and how old that knowledge is. */
export function banner(view: RegistryView, now: Date): Markup {
  const standing: Standing = standingOf(view, now)
  const [first, ...more] = standing.sentences
  return html`<div class="banner ${standing.tone}"><p class="verdict">${shape(standing.tone)}<strong>${standing.word}</strong>${
    view.freshness?.isStale && standing.tone === 'damaged' && html` <span class="also">stale</span>`
  }</p><p class="first"><bdi>${first}</bdi></p>${more.map((sentence) => html`<p><bdi>${sentence}</bdi></p>`)}</div>
${tiles(view)}
<dl class="facts">${facts(view, now)}</dl>`
}

function tiles({ report }: RegistryView): Part {
  if (!report?.totals) return undefined
  const { unpullable, degraded, unchecked, intact } = report.totals.tags
  return html`<dl class="tiles">${tile('cannot be pulled', unpullable, 'damaged')}${tile('degraded', degraded, 'warning')}${tile(
    'unchecked',
    unchecked,
    'incomplete',
  )}${tile('intact', intact, 'clean')}</dl>`
}

function tile(word: string, n: number, tone: string): Markup {
  return html`<div class="${n > 0 ? tone : 'none'}"><dt>tags ${word}</dt><dd>${number(n)}</dd></div>`
}

function facts({ target, profile, report, asOf, freshness }: RegistryView, now: Date): readonly Part[] {
  return [
    fact('Target', html`<bdi class="exact">${target}</bdi>`),
    profile !== '' && fact('Profile', html`<bdi>${profile}</bdi>`),
    report !== undefined && fact('Depth', report.depth),
    asOf !== undefined &&
      (freshness === undefined ? fact('Looked at', moment(asOf)) : fact('Shown as of', momentAgo(asOf, now))),
    freshness !== undefined &&
      fact(
        'Last complete look',
        freshness.lastCompleteAt === undefined ? 'never' : momentAgo(freshness.lastCompleteAt, now),
      ),
    freshness !== undefined && fact('Looked at', `every ${duration(freshness.interval)}`),
    freshness !== undefined && fact('Next look', nextLook(freshness, now)),
  ]
}

function nextLook({ isRunning, nextRunAt }: NonNullable<RegistryView['freshness']>, now: Date): Part {
  if (isRunning) return 'under way now'
  return nextRunAt === undefined ? 'not planned' : momentAgo(nextRunAt, now)
}

function fact(name: string, value: Part): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
