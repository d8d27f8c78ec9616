import { STATUS_NAMES } from '../../registry-status.ts'
import { badge, type Tone } from '../icons.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { strip } from '../overview/history.ts'
import { ago, counted } from '../overview/quantities.ts'
import { stateWord, toneOf } from '../overview/status.ts'
import { heading, type PageFacts } from '../shell.ts'
import { deployedIn } from './deployed-paths.ts'
import { type DeployedStatusText, deployedStatusOf } from './deployed-status.ts'
import type { DeployedView } from './deployed-view.ts'

/** The section "Deployed images" of the start page, the worst set first. */
export interface DeployedSection {
  /** Empty without any set. */
  readonly markup: Part
  /** Sets with a broken image. */
  readonly damaged: number
  /** The worst state; `undefined` without any set. */
  readonly tone: Tone | undefined
}

/** Makes the section of all sets. */
export function deployedSection(views: readonly DeployedView[], { now, prefix = '' }: PageFacts): DeployedSection {
  const rows = views
    .map((view) => ({ view, status: deployedStatusOf(view, now) }))
    .sort((a, b) => STATUS_NAMES.indexOf(a.status.state) - STATUS_NAMES.indexOf(b.status.state))
  const [worst] = rows
  if (worst === undefined) return { markup: undefined, damaged: 0, tone: undefined }
  return {
    markup: html`<section>${heading(2, 'Deployed images', 'deployed')}<ul class="registries">${rows.map(({ view, status }) => item(view, status, now, prefix))}</ul></section>`,
    damaged: rows.filter(({ status }) => status.state === 'damaged').length,
    tone: toneOf(worst.status.state),
  }
}

function item(view: DeployedView, { state, sentences }: DeployedStatusText, now: Date, prefix: string): Markup {
  const tone = toneOf(state)
  const { freshness, history, images } = view
  const [last] = history
  return html`<li class="${tone}"><div class="state">${badge(tone, stateWord(state))}${
    freshness.isStale && state === 'damaged' && html` <span class="also">stale</span>`
  }</div>
<div class="who"><h3><a href="${deployedIn(prefix, view.name)}"><bdi>${view.name}</bdi></a></h3><p class="exact soft"><bdi>${view.target}</bdi></p></div>
<p class="what"><bdi>${sentences[0]}</bdi>${view.asOf !== undefined && html` <span class="soft">${counted(images.length, 'image')}</span>`}</p>
<div class="fresh"><dl>${time('Last run', last === undefined ? 'none yet' : ago(last.finishedAt, now))}${time(
    'Next run',
    freshness.isRunning
      ? html`<span class="running">running now</span>`
      : freshness.nextRunAt === undefined
        ? 'not scheduled'
        : ago(freshness.nextRunAt, now),
  )}</dl>${strip(history)}</div></li>`
}

function time(name: string, value: Part): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
