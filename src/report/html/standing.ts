import type { TargetTotals } from '../../check/events.ts'
import type { ReportTarget } from '../document.ts'
import { isLostContent } from '../lost-content.ts'
import type { Tone } from './icons.ts'
import { counted, duration, number, relative } from './quantities.ts'
import { PROVED } from './scope.ts'
import type { RegistryView } from './view.ts'

/** How a registry stands, in a word and in sentences that promise no more than was looked at. */
export interface Standing {
  readonly tone: Tone
  readonly word: string
  /** The first is enough for a list. */
  readonly sentences: readonly [string, ...string[]]
}

export function standingOf(view: RegistryView, now: Date): Standing {
  const { report, verdict, asOf } = view
  if (report === undefined || verdict === 'unknown' || asOf === undefined) return neverLookedAt(view)
  if (report.error !== undefined) return unreadable(report.error, view, now)
  if (verdict === 'damaged') return damaged(report, view, now)
  if (!report.complete) return incomplete(report, view, now)
  if (view.freshness?.isStale) return stale(report, view, now)
  if (verdict === 'incomplete') return lastRunIncomplete(view, now)
  return whole(report)
}

/** Who is hit, in few words. */
function hits({ tags }: TargetTotals): string {
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
  return all === 1 ? 'The one tag' : `All ${number(all)} tags`
}

function neverLookedAt({ freshness }: RegistryView): Standing {
  const sentence = 'Nobody has looked at it yet, so nothing is known.'
  const next = freshness?.isRunning ? ['The first look is under way.'] : []
  return { tone: 'unknown', word: 'Unknown', sentences: [sentence, ...next] }
}

function unreadable(error: string, view: RegistryView, now: Date): Standing {
  return {
    tone: 'incomplete',
    word: 'Not read',
    sentences: [`It could not be read: ${error}`, 'Nothing is known of what is in it.', ...age(view, now)],
  }
}

function damaged(report: ReportTarget, view: RegistryView, now: Date): Standing {
  const errors = report.findings.filter(({ severity }) => severity === 'error').length
  const who = report.totals === null ? '' : hits(report.totals)
  const first =
    who === '' ? `${counted(errors, 'error')}, and no tag leads to ${errors === 1 ? 'it' : 'them'}.` : `${who}.`
  return {
    tone: 'damaged',
    word: 'Damaged',
    sentences: [
      first,
      ...(report.complete ? [] : ['Not everything could be looked at: there may be more.']),
      ...age(view, now),
    ],
  }
}

function incomplete({ unchecked, tags }: ReportTarget, view: RegistryView, now: Date): Standing {
  const objects = unchecked.length > 0 ? unchecked.length : tags.length
  const how = objects > 0 ? ` (${counted(objects, 'object')})` : ''
  return {
    tone: 'incomplete',
    word: 'Incomplete',
    sentences: [
      `No damage was seen, and not everything could be looked at${how}.`,
      'This is no proof that it is whole.',
      ...age(view, now),
    ],
  }
}

function stale(report: ReportTarget, view: RegistryView, now: Date): Standing {
  const { word } = whole(report)
  const then = view.asOf === undefined ? '' : ` ${relative(view.asOf, now)}`
  return {
    tone: 'stale',
    word: 'Stale',
    sentences: [
      `It was ${word.toLowerCase()}${then}; nobody has seen all of it since.`,
      ...age(view, now),
      ...problemOf(view),
    ],
  }
}

/** Where knowledge is too old. */
function age({ freshness }: RegistryView, now: Date): readonly string[] {
  if (!freshness?.isStale) return []
  const { interval, lastCompleteAt: last } = freshness
  const then =
    last === undefined ? 'No look at it was ever complete' : `The last complete look ended ${relative(last, now)}`
  return [`${then}, and one is due every ${duration(interval)}.`]
}

function problemOf({ history }: RegistryView): readonly string[] {
  const problem = history[0]?.problem
  return problem === undefined ? [] : [`The last run said: ${problem}`]
}

function lastRunIncomplete(view: RegistryView, now: Date): Standing {
  const { asOf } = view
  const then = asOf === undefined ? '' : `, which ended ${relative(asOf, now)} and found no damage`
  return {
    tone: 'incomplete',
    word: 'Incomplete',
    sentences: [
      'The last run could not look at everything.',
      ...problemOf(view),
      `What is shown is of the last complete run${then}.`,
    ],
  }
}

function whole(report: ReportTarget): Standing {
  const { totals, depth, findings } = report
  const { intact = 0, degraded = 0, unpullable = 0, unchecked = 0 } = totals?.tags ?? {}
  const all = intact + degraded + unpullable + unchecked
  const repositories = totals?.repositories ?? 0
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  const besides = warnings === 0 ? [] : [`${counted(warnings, 'warning')}, about nothing that makes a pull fail today.`]
  const where = counted(repositories, 'repository', 'repositories')
  if (repositories === 0)
    return {
      tone: 'unknown',
      word: 'Empty',
      sentences: ['Nothing is there: no repository was found among those that are looked at.', ...besides],
    }
  if (all === 0 && findings.some(isLostContent))
    return {
      tone: 'warning',
      word: 'Warning',
      sentences: [
        `No tag is there, and content is lost: ${counted(warnings, 'warning')}.`,
        `Where tags are kept elsewhere, as Harbor and OpenShift do, --roots revisions makes each revision count.`,
      ],
    }
  if (all === 0)
    return { tone: 'unknown', word: 'Empty', sentences: [`No image is there: ${where} and no tag.`, ...besides] }
  const lost = findings.filter(isLostContent).length
  if (lost > 0)
    return {
      tone: 'warning',
      word: 'Warning',
      sentences: [
        `Content is lost that no tag reaches: ${counted(lost, 'warning')}.`,
        `${some(intact, all)} in ${where} ${all === 1 ? 'is' : 'are'} intact, as far as this depth sees.`,
      ],
    }
  const tags = some(intact, all)
  return {
    tone: 'clean',
    word: 'Clean',
    sentences: [
      `${tags} in ${where} ${all === 1 ? 'is' : 'are'} intact, as far as this depth sees.`,
      PROVED[depth],
      ...besides,
    ],
  }
}
