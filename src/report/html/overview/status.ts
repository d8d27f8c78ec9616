import type { TargetTotals } from '../../../check/events.ts'
import { countsIn, type RunCounts, resultOf } from '../../../check/judge/run-verdict.ts'
import type { ReportTarget } from '../../json/document.ts'
import type { StatusName } from '../../registry-status.ts'
import type { Tone } from '../icons.ts'
import { PROVED } from '../registry/scope.ts'
import { counted, duration, number, relative } from './quantities.ts'
import type { RegistryView } from './view.ts'

/** The status of a registry: a word, and sentences that claim no more than was checked. */
export interface RegistryStatus {
  readonly state: StatusName
  /** The first is enough for a list. */
  readonly sentences: readonly [string, ...string[]]
}

/** The color and shape of a state. */
export function toneOf(state: StatusName): Tone {
  switch (state) {
    case 'unreadable':
      return 'incomplete'
    case 'empty':
      return 'unknown'
    default:
      return state
  }
}

/** A state as a heading: `Damaged`. */
export function stateWord(state: StatusName): string {
  return `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`
}

/** The status of a registry at a time. */
export function statusOf(view: RegistryView, now: Date): RegistryStatus {
  const { report, verdict, asOf } = view
  if (report === undefined || verdict === 'unknown' || asOf === undefined) return neverScanned(view)
  if (report.error !== undefined) return unreadable(report.error, view, now)
  if (verdict === 'damaged') return damaged(report, view, now)
  if (!report.complete) return incomplete(report, view, now)
  if (view.freshness?.isStale) return stale(report, view, now)
  if (verdict === 'incomplete') return lastRunIncomplete(view, now)
  return undamaged(report)
}

/** The affected tags: `2 of 10 tags cannot be pulled`. */
function affectedTags({ tags }: TargetTotals): string {
  const all = tags.intact + tags.degraded + tags.unpullable + tags.unchecked
  const parts = [
    tags.unpullable > 0 ? `${some(tags.unpullable, all)} cannot be pulled` : '',
    tags.degraded > 0
      ? `${tags.unpullable > 0 ? number(tags.degraded) : some(tags.degraded, all)} ${tags.degraded === 1 ? 'is' : 'are'} degraded`
      : '',
  ].filter((part) => part !== '')
  return parts.join(', and ')
}

function some(n: number, all: number): string {
  if (n < all) return `${number(n)} of ${counted(all, 'tag')}`
  return all === 1 ? 'The only tag' : `All ${number(all)} tags`
}

function neverScanned({ freshness }: RegistryView): RegistryStatus {
  const next = freshness?.isRunning ? ['The first scan is running.'] : []
  return { state: 'unknown', sentences: ['Not scanned yet.', ...next] }
}

function unreadable(error: string, view: RegistryView, now: Date): RegistryStatus {
  return {
    state: 'unreadable',
    sentences: [`Cannot be read: ${error}`, 'Nothing is known about its content.', ...age(view, now)],
  }
}

function damaged(report: ReportTarget, view: RegistryView, now: Date): RegistryStatus {
  const { errors } = countsIn(report)
  const who = report.totals === null ? '' : affectedTags(report.totals)
  const first = who === '' ? `${counted(errors, 'error')}, not reached by any tag.` : `${who}.`
  return {
    state: 'damaged',
    sentences: [
      first,
      ...(report.complete ? [] : ['Not everything could be checked: there may be more.']),
      ...age(view, now),
    ],
  }
}

function incomplete({ unchecked, tags }: ReportTarget, view: RegistryView, now: Date): RegistryStatus {
  const objects = unchecked.length > 0 ? unchecked.length : tags.length
  const how = objects > 0 ? ` (${counted(objects, 'object')})` : ''
  return {
    state: 'incomplete',
    sentences: [
      `No damage found, but not everything could be checked${how}.`,
      'The registry may still be damaged.',
      ...age(view, now),
    ],
  }
}

function stale(report: ReportTarget, view: RegistryView, now: Date): RegistryStatus {
  const { state: then } = undamaged(report)
  const when = view.asOf === undefined ? '' : ` ${relative(view.asOf, now)}`
  return {
    state: 'stale',
    sentences: [`It was ${then}${when}; there has been no complete run since.`, ...age(view, now), ...problemOf(view)],
  }
}

/** A sentence about the last complete run, if the result is stale. */
function age({ freshness }: RegistryView, now: Date): readonly string[] {
  if (!freshness?.isStale) return []
  const { interval, lastCompleteAt: last } = freshness
  const then =
    last === undefined ? 'There has been no complete run' : `The last complete run ended ${relative(last, now)}`
  return [`${then}; one is due every ${duration(interval)}.`]
}

function problemOf({ history }: RegistryView): readonly string[] {
  const problem = history[0]?.problem
  return problem === undefined ? [] : [`The last run reported: ${problem}`]
}

function lastRunIncomplete(view: RegistryView, now: Date): RegistryStatus {
  const { asOf } = view
  const then = asOf === undefined ? '' : `, which ended ${relative(asOf, now)} and found no damage`
  return {
    state: 'incomplete',
    sentences: [
      'The last run could not check everything.',
      ...problemOf(view),
      `This page shows the last complete run${then}.`,
    ],
  }
}

/** The status after a complete run without errors. */
function undamaged(report: ReportTarget): RegistryStatus {
  const counts = countsIn(report)
  const result = resultOf(counts)
  const { warnings } = counts
  const besides = warnings === 0 ? [] : [`${counted(warnings, 'warning')} about content that no tag needs.`]
  if (result === 'warning') return { state: 'warning', sentences: lost(report, counts) }
  if (result === 'empty') return { state: 'empty', sentences: [nothingThere(report), ...besides] }
  return { state: 'clean', sentences: [intactIn(report), PROVED[report.depth], ...besides] }
}

function lost(report: ReportTarget, { lostContent, warnings }: RunCounts): RegistryStatus['sentences'] {
  if (tagsIn(report) > 0)
    return [`Content that no tag reaches is lost: ${counted(lostContent, 'warning')}.`, intactIn(report)]
  return [
    `There are no tags, and content is lost: ${counted(warnings, 'warning')}.`,
    'If tags are kept in a database, as Harbor and OpenShift do, use --roots revisions: every revision then counts.',
  ]
}

function nothingThere(report: ReportTarget): string {
  const repositories = report.totals?.repositories ?? 0
  if (repositories === 0) return 'The registry is empty: no repository was found.'
  return `No images: ${counted(repositories, 'repository', 'repositories')} and no tags.`
}

function intactIn(report: ReportTarget): string {
  const { tags, manifests, repositories = 0 } = report.totals ?? {}
  const all = tagsIn(report)
  const where = counted(repositories, 'repository', 'repositories')
  if (all > 0)
    return `${some(tags?.intact ?? 0, all)} in ${where} ${all === 1 ? 'is' : 'are'} intact, as far as this depth shows.`
  const intact = manifests?.intact ?? 0
  return `${counted(intact, 'manifest')} in ${where} ${intact === 1 ? 'is' : 'are'} intact, as far as this depth shows. There are no tags.`
}

function tagsIn({ totals }: ReportTarget): number {
  const { intact = 0, degraded = 0, unpullable = 0, unchecked = 0 } = totals?.tags ?? {}
  return intact + degraded + unpullable + unchecked
}
