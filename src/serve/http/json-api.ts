import { countsIn, verdictOf } from '../../check/judge/run-verdict.ts'
import { harmlessJson } from '../../report/escape.ts'
import { statusOf } from '../../report/html/overview/status.ts'
import type { RegistryView, RejectedConfig } from '../../report/html/overview/view.ts'
import { reportIn } from '../../report/html/registry/paths.ts'
import type { ReportDocument } from '../../report/json/document.ts'
import { damagedSince } from '../../report/records/damaged-since.ts'
import type { PlanStatus } from '../state/status.ts'

/** The JSON of `/api/v1/registries`. */
export function listJson(
  statuses: readonly (PlanStatus & { readonly view: RegistryView })[],
  {
    prefix,
    now,
    rejected,
  }: { readonly prefix: string; readonly now: Date; readonly rejected: RejectedConfig | undefined },
): string {
  const registries = statuses.map(({ plan, state, view }) => {
    const [last] = state.runs
    return {
      registry: plan.registry,
      ...(plan.profile !== '' && { profile: plan.profile }),
      target: plan.target,
      depth: plan.depth,
      intervalSeconds: plan.interval / 1000,
      state: statusOf(view, now).state,
      verdict: view.verdict,
      stale: view.freshness?.isStale ?? false,
      running: view.freshness?.isRunning ?? false,
      damagedSince: (view.report && damagedSince(view.report))?.toISOString() ?? null,
      asOf: view.asOf?.toISOString() ?? null,
      lastCompleteAt: state.lastComplete ?? null,
      nextRunAt: view.freshness?.nextRunAt?.toISOString() ?? null,
      lastRun: last ?? null,
      report: reportIn(prefix, plan),
    }
  })
  const configRefused = rejected === undefined ? null : { at: rejected.at.toISOString(), problems: rejected.problems }
  return `${harmlessJson({ registries, configRefused }, 2)}\n`
}

/** The report of the last complete run, or of a later one that found errors. `undefined`: no run has ended yet. */
export function reportJson({ state }: PlanStatus, version: string): string | undefined {
  const { shown } = state
  if (shown === undefined) return undefined
  const document: ReportDocument = {
    schemaVersion: 1,
    tool: { name: 'regfsck', version },
    startedAt: shown.startedAt,
    finishedAt: shown.finishedAt,
    verdict: verdictOf(countsIn(shown.target)),
    targets: [shown.target],
  }
  return `${harmlessJson(document, 2)}\n`
}
