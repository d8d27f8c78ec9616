import { isConfirmedError } from '../../check/judge/run-verdict.ts'
import type { PastRun, RegistryView } from '../../report/html/overview/view.ts'
import type { StoredRun } from '../state/registry-state.ts'
import type { PlanStatus } from '../state/status.ts'

/** A result is stale after so many intervals without a complete run. The alert uses the same number. */
const STALE_AFTER = 3

/** What the page of a registry shows. */
export function viewOf({ plan, state, isRunning, nextRun }: PlanStatus, now: Date): RegistryView {
  const { shown, lastComplete } = state
  const { registry, target, profile } = plan
  const lastCompleteAt = dateOf(lastComplete)
  return {
    registry,
    target,
    profile,
    report: shown?.target,
    verdict: verdictOf(state),
    asOf: dateOf(shown?.finishedAt),
    freshness: {
      interval: plan.interval / 1000,
      lastCompleteAt,
      nextRunAt: nextRun,
      isRunning,
      isStale: isStale(lastCompleteAt, state.runs, plan.interval, now),
    },
    history: state.runs.map(pastRun),
  }
}

/** Damage stays until a complete run no longer finds it; incomplete runs between do not clear it. */
function verdictOf({ shown, runs }: PlanStatus['state']): RegistryView['verdict'] {
  if (shown === undefined) return 'unknown'
  if (shown.target.findings.some(isConfirmedError)) return 'damaged'
  return runs[0]?.verdict ?? 'unknown'
}

function isStale(lastComplete: Date | undefined, runs: readonly StoredRun[], interval: number, now: Date): boolean {
  // Without any complete run the age counts from the oldest run that is known.
  const since = lastComplete ?? dateOf(runs.at(-1)?.finishedAt)
  return since !== undefined && now.getTime() - since.getTime() > STALE_AFTER * interval
}

function pastRun({ startedAt, finishedAt, ...rest }: StoredRun): PastRun {
  return { ...rest, startedAt: new Date(startedAt), finishedAt: new Date(finishedAt) }
}

function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
