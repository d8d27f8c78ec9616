import type { StatusName } from '../../registry-status.ts'
import { counted, duration, number, relative } from '../overview/quantities.ts'
import type { DeployedState, DeployedView } from './deployed-view.ts'

/** The status of a set of references: a word, and sentences that claim no more than was checked. */
export interface DeployedStatusText {
  readonly state: StatusName
  readonly sentences: readonly [string, ...string[]]
}

/** The status at a time. */
export function deployedStatusOf(view: DeployedView, now: Date): DeployedStatusText {
  const { asOf, freshness, isComplete, history } = view
  const [last] = history
  const why = last?.problem === undefined ? [] : [`The last run reported: ${last.problem}`]
  if (asOf === undefined && last === undefined)
    return {
      state: 'unknown',
      sentences: ['Not checked yet.', ...(freshness.isRunning ? ['The first check is running.'] : [])],
    }
  const age = ageOf(view, now)
  const broken = countOf(view, 'broken')
  if (broken > 0)
    return { state: 'damaged', sentences: [brokenText(view, broken), ...lessThanAll(view), ...age, ...why] }
  if (asOf === undefined) return { state: 'unreadable', sentences: ['No image could be read.', ...why, ...age] }
  if (!isComplete)
    return {
      state: 'incomplete',
      sentences: ['No image is known to be broken, but not everything could be checked.', ...age, ...why],
    }
  if (freshness.isStale)
    return {
      state: 'stale',
      sentences: [
        `${view.images.length === 0 ? 'No image was needed' : 'Every image could be pulled'} ${relative(asOf, now)}; there has been no complete check since.`,
        ...age,
        ...why,
      ],
    }
  if (last !== undefined && last.verdict === 'incomplete')
    return {
      state: 'incomplete',
      sentences: ['The last run could not check everything. The one before found nothing wrong.', ...why],
    }
  if (view.images.length === 0) return { state: 'empty', sentences: ['Nothing is deployed that needs an image.'] }
  const moved = countOf(view, 'moved')
  const all = `${counted(view.images.length, 'image')} of ${counted(view.workloads.length, 'workload')} can be pulled.`
  if (moved > 0)
    return {
      state: 'warning',
      sentences: [
        `${counted(moved, 'workload')} ${moved === 1 ? 'runs' : 'run'} another image than the tag names now.`,
        all,
      ],
    }
  return { state: 'clean', sentences: [all] }
}

function countOf({ workloads }: DeployedView, state: DeployedState): number {
  return workloads.filter((workload) => workload.state === state).length
}

function brokenText({ workloads }: DeployedView, broken: number): string {
  const all = workloads.length
  const who =
    broken < all
      ? `${number(broken)} of ${counted(all, 'workload')}`
      : all === 1
        ? 'The only workload'
        : `All ${number(all)} workloads`
  return `${who} cannot be started again with what the registries have.`
}

function lessThanAll({ isComplete }: DeployedView): readonly string[] {
  return isComplete ? [] : ['Not everything could be checked: there may be more.']
}

function ageOf({ freshness: { isStale, lastCompleteAt, interval } }: DeployedView, now: Date): readonly string[] {
  if (!isStale) return []
  const then =
    lastCompleteAt === undefined
      ? 'There has been no complete check'
      : `The last complete check ended ${relative(lastCompleteAt, now)}`
  return [`${then}; one is due every ${duration(interval)}.`]
}
