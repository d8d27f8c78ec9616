import { isConfirmedError } from '../../check/judge/run-verdict.ts'
import type { PastRun, RegistryView } from '../../report/html/overview/view.ts'
import type { KeptRun } from '../state/registry-state.ts'
import type { Standing } from '../state/status.ts'

/** Intervals without a complete run after which what is known counts as stale, as for the alert. */
const STALE_AFTER = 3

/** What a page tells of a plan. */
export function viewOf({ plan, known, isRunning, nextRun }: Standing, now: Date): RegistryView {
  const { shown, lastComplete } = known
  const { registry, target, profile } = plan
  const lastCompleteAt = dateOf(lastComplete)
  return {
    registry,
    target,
    profile,
    report: shown?.target,
    verdict: verdictOf(known),
    asOf: dateOf(shown?.finishedAt),
    freshness: {
      interval: plan.interval / 1000,
      lastCompleteAt,
      nextRunAt: nextRun,
      isRunning,
      isStale: isStale(lastCompleteAt, known.runs, plan.interval, now),
    },
    history: known.runs.map(pastRun),
  }
}

/** Damage that was found stays until a complete run no longer finds it, whatever came between. */
function verdictOf({ shown, runs }: Standing['known']): RegistryView['verdict'] {
  if (shown === undefined) return 'unknown'
  if (shown.target.findings.some(isConfirmedError)) return 'damaged'
  return runs[0]?.verdict ?? 'unknown'
}

function isStale(lastComplete: Date | undefined, runs: readonly KeptRun[], interval: number, now: Date): boolean {
  // Never anything complete: from the first run on that there is.
  const since = lastComplete ?? dateOf(runs.at(-1)?.finishedAt)
  return since !== undefined && now.getTime() - since.getTime() > STALE_AFTER * interval
}

function pastRun({ startedAt, finishedAt, ...rest }: KeptRun): PastRun {
  return { ...rest, startedAt: new Date(startedAt), finishedAt: new Date(finishedAt) }
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
