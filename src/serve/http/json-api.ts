import { countsIn, verdictOf } from '../../check/judge/run-verdict.ts'
import { harmlessJson } from '../../report/escape.ts'
import { standingOf } from '../../report/html/overview/status.ts'
import type { RefusedConfig, RegistryView } from '../../report/html/overview/view.ts'
import { reportIn } from '../../report/html/registry/paths.ts'
import type { ReportDocument } from '../../report/json/document.ts'
import { damagedSince } from '../../report/records/damaged-since.ts'
import type { Standing } from '../state/status.ts'

/** The JSON of `/api/v1/registries`. */
export function listJson(
  standings: readonly (Standing & { readonly view: RegistryView })[],
  {
    prefix,
    now,
    refused,
  }: { readonly prefix: string; readonly now: Date; readonly refused: RefusedConfig | undefined },
): string {
  const registries = standings.map(({ plan, known, view }) => {
    const [last] = known.runs
    return {
      registry: plan.registry,
      ...(plan.profile !== '' && { profile: plan.profile }),
      target: plan.target,
      depth: plan.depth,
      intervalSeconds: plan.interval / 1000,
      state: standingOf(view, now).state,
      verdict: view.verdict,
      stale: view.freshness?.isStale ?? false,
      running: view.freshness?.isRunning ?? false,
      damagedSince: (view.report && damagedSince(view.report))?.toISOString() ?? null,
      asOf: view.asOf?.toISOString() ?? null,
      lastCompleteAt: known.lastComplete ?? null,
      nextRunAt: view.freshness?.nextRunAt?.toISOString() ?? null,
      lastRun: last ?? null,
      report: reportIn(prefix, plan),
    }
  })
  const configRefused = refused === undefined ? null : { at: refused.at.toISOString(), problems: refused.problems }
  return `${harmlessJson({ registries, configRefused }, 2)}\n`
}

/** A report of what is known: of the last complete run, or of a later one that found errors; `undefined`: nothing yet. */
export function reportJson({ known }: Standing, version: string): string | undefined {
  const { shown } = known
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
