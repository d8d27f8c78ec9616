import type { ReportDocument } from '../report/document.ts'
import { harmlessJson } from '../report/escape.ts'
import type { RegistryView } from '../report/html/view.ts'
import type { Standing } from './service.ts'

/** The JSON of `/api/v1/registries`. */
export function listJson(standings: readonly (Standing & { readonly view: RegistryView })[]): string {
  const registries = standings.map(({ plan, known, view }) => {
    const [last] = known.runs
    return {
      registry: plan.registry,
      ...(plan.profile !== '' && { profile: plan.profile }),
      target: plan.target,
      depth: plan.depth,
      intervalSeconds: plan.interval / 1000,
      verdict: view.verdict,
      stale: view.freshness?.isStale ?? false,
      running: view.freshness?.isRunning ?? false,
      asOf: view.asOf?.toISOString() ?? null,
      lastCompleteAt: known.lastComplete ?? null,
      nextRunAt: view.freshness?.nextRunAt?.toISOString() ?? null,
      lastRun: last ?? null,
      report: pathOf(plan.registry, plan.profile),
    }
  })
  return `${harmlessJson({ registries }, 2)}\n`
}

/** A report of what is known: of the last complete run, or of a later one that found errors; `undefined`: nothing yet. */
export function reportJson({ known }: Standing, view: RegistryView, version: string): string | undefined {
  const { shown } = known
  if (shown === undefined) return undefined
  const document: ReportDocument = {
    schemaVersion: 1,
    tool: { name: 'regfsck', version },
    startedAt: shown.startedAt,
    finishedAt: shown.finishedAt,
    verdict: view.verdict === 'damaged' ? 'damaged' : shown.target.complete ? 'clean' : 'incomplete',
    targets: [shown.target],
  }
  return `${harmlessJson(document, 2)}\n`
}

function pathOf(registry: string, profile: string): string {
  const query = profile === '' ? '' : `?profile=${encodeURIComponent(profile)}`
  return `/api/v1/registries/${encodeURIComponent(registry)}${query}`
}
