import { damagedSince } from '../../records/damaged-since.ts'
import { shape } from '../icons.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { duration, moment, momentAgo, number } from '../overview/quantities.ts'
import { stateWord, statusOf, toneOf } from '../overview/status.ts'
import type { Freshness, PastRun, RegistryView } from '../overview/view.ts'

/** The status of a registry, the totals of its tags, and the times of its runs. */
export function banner(view: RegistryView, now: Date): Markup {
  const { state, sentences } = statusOf(view, now)
  const [first, ...more] = sentences
  const tone = toneOf(state)
  return html`<div class="banner ${tone}"><p class="verdict">${shape(tone)}<strong>${stateWord(state)}</strong>${
    view.freshness?.isStale && state === 'damaged' && html` <span class="also">stale</span>`
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

function facts({ target, profile, report, asOf, freshness, history }: RegistryView, now: Date): readonly Part[] {
  const since = report && damagedSince(report)
  return [
    since !== undefined && fact('Damaged since', momentAgo(since, now)),
    ...(freshness === undefined ? [] : times(freshness, { last: history[0], asOf, now })),
    freshness === undefined && asOf !== undefined && fact('Scanned', moment(asOf)),
    fact('Target', html`<bdi class="exact">${target}</bdi>`),
    profile !== '' && fact('Profile', html`<bdi>${profile}</bdi>`),
    report !== undefined && fact('Depth', report.depth),
  ]
}

interface RunDates {
  readonly last: PastRun | undefined
  readonly asOf: Date | undefined
  readonly now: Date
}

/** The times of the runs. A time that is the same as the last run's is left out. */
function times({ interval, lastCompleteAt, nextRunAt, isRunning }: Freshness, { last, asOf, now }: RunDates): Part[] {
  const isOfLast = (date: Date | undefined): boolean => date?.getTime() === last?.finishedAt.getTime()
  return [
    fact('Last run', last === undefined ? 'none yet' : html`${momentAgo(last.finishedAt, now)}, ${last.verdict}`),
    last !== undefined &&
      !isOfLast(lastCompleteAt) &&
      fact('Last complete run', lastCompleteAt === undefined ? 'never' : momentAgo(lastCompleteAt, now)),
    asOf !== undefined && !isOfLast(asOf) && fact('Findings from the run', momentAgo(asOf, now)),
    fact('Next run', isRunning ? 'running now' : nextRunAt === undefined ? 'not scheduled' : momentAgo(nextRunAt, now)),
    fact('Interval', duration(interval)),
  ]
}

function fact(name: string, value: Part): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
