import { badge, shape } from '../icons.ts'
import { html, type Markup, type Part } from '../markup.ts'
import { counted, duration, moment, relative } from './quantities.ts'
import { stateWord } from './status.ts'
import type { PastRun } from './view.ts'

/** Runs in the strip. */
const STRIP = 20

/** The table of past runs. */
export function historyTable(history: readonly PastRun[], now: Date): Markup {
  return html`<table class="runs"><caption>${counted(history.length, 'run')}, newest first</caption>
<thead><tr><th scope="col">Ended</th><th scope="col">Verdict</th><th scope="col">Found</th></tr></thead>
<tbody>${history.map((run) => row(run, now))}</tbody></table>`
}

/** A strip with a mark for each of the last runs, the newest at the end. */
export function strip(history: readonly PastRun[]): Part {
  if (history.length === 0) return undefined
  const last = history.slice(0, STRIP)
  const counts = (['clean', 'incomplete', 'damaged'] as const).flatMap((verdict) => {
    const n = last.filter((run) => run.verdict === verdict).length
    return n === 0 ? [] : [`${n} ${verdict}`]
  })
  const marks = [...last].reverse().map(({ verdict }) => html`<span class="${verdict}">${shape(verdict)}</span>`)
  return html`<span class="strip" role="img" aria-label="Last ${counted(last.length, 'run')}: ${counts.join(', ')}">${marks}</span>`
}

function row(run: PastRun, now: Date): Markup {
  const took = (run.finishedAt.getTime() - run.startedAt.getTime()) / 1000
  const time = `${relative(run.finishedAt, now)}, took ${took < 1 ? 'less than a second' : duration(took)}`
  return html`<tr><td>${moment(run.finishedAt)} <span class="soft">${time}</span></td><td>${badge(run.verdict, stateWord(run.verdict))}</td><td>${found(run)}</td></tr>`
}

function found({ unpullable, degraded, errors, warnings, unchecked, problem }: PastRun): Part {
  const parts = [
    unpullable > 0 ? `${counted(unpullable, 'tag')} cannot be pulled` : '',
    degraded > 0 ? `${counted(degraded, 'tag')} degraded` : '',
    errors > 0 ? counted(errors, 'error') : '',
    warnings > 0 ? counted(warnings, 'warning') : '',
    unchecked > 0 ? `${counted(unchecked, 'object')} unchecked` : '',
  ].filter((part) => part !== '')
  const text = parts.length > 0 ? parts.join(', ') : problem === undefined ? 'nothing' : ''
  return html`${text}${problem !== undefined && html` <span class="problem"><bdi>${problem}</bdi></span>`}`
}
