import { isConfirmedError } from '../../check/judge/run-verdict.ts'
import type { RegistryView } from '../../report/html/overview/view.ts'
import { dateOf, isStale, pastRun } from '../state/past-runs.ts'
import type { PlanStatus } from '../state/status.ts'

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
