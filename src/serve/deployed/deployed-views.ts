import type { Use } from '../../check/use.ts'
import { harmlessJson } from '../../report/escape.ts'
import { deployedIn, deployedJsonIn } from '../../report/html/deployed/deployed-paths.ts'
import { deployedStatusOf } from '../../report/html/deployed/deployed-status.ts'
import type { DeployedView } from '../../report/html/deployed/deployed-view.ts'
import { dateOf, isStale, pastRun } from '../state/past-runs.ts'
import type { DeployedStatus } from './deployed-service.ts'
import { workloadsOf } from './workloads.ts'

/** What the page of a set of references shows. */
export function deployedViewOf({ plan, record, isRunning, nextRun }: DeployedStatus, now: Date): DeployedView {
  const { runs, lastComplete, images, unknown, isComplete, asOf } = record
  const lastCompleteAt = dateOf(lastComplete)
  return {
    name: plan.registry,
    target: plan.target,
    images,
    workloads: workloadsOf(images),
    unknown,
    isComplete,
    asOf: dateOf(asOf),
    freshness: {
      interval: plan.interval / 1000,
      lastCompleteAt,
      nextRunAt: nextRun,
      isRunning,
      isStale: isStale(lastCompleteAt, runs, plan.interval, now),
    },
    history: runs.map(pastRun),
  }
}

/** The JSON of `/api/v1/deployed`. */
export function deployedListJson(views: readonly DeployedView[], prefix: string, now: Date): string {
  const references = views.map((view) => ({
    ...summaryOf(view, now),
    page: deployedIn(prefix, view.name),
    report: deployedJsonIn(prefix, view.name),
  }))
  return `${harmlessJson({ references }, 2)}\n`
}

/** The JSON of one set: each workload with its images. @returns `undefined`: it was not checked yet */
export function deployedJson(view: DeployedView, now: Date): string | undefined {
  if (view.asOf === undefined) return undefined
  const workloads = view.workloads.map(({ workload, file, state, images }) => ({
    workload,
    file,
    state,
    images: images.map(({ image, state, findings, uses }) => ({
      image: image.image,
      registry: image.registry,
      digest: image.digest ?? null,
      state,
      brokenSince: image.brokenSince ?? null,
      fromEarlierRun: image.isEarlier ?? false,
      unchecked: image.unchecked ?? null,
      findings: findings.map(({ code, severity, message }) => ({ code, severity, message })),
      usedBy: uses.map(useJson),
    })),
  }))
  return `${harmlessJson({ ...summaryOf(view, now), workloads, unknown: view.unknown }, 2)}\n`
}

/** A line of a file, or an object of a cluster. */
function useJson({ file, line, column, by }: Use): object {
  if (line > 0) return { file, line, column, by }
  const {
    kind,
    namespace = null,
    name,
    container,
  } = /^(?<kind>\S+) (?:(?<namespace>[^/\s]+)\/)?(?<name>[^\s/,]+), (?<container>.+)$/.exec(by)?.groups ?? {}
  return { cluster: file, ...(kind !== undefined && { kind, namespace, name, container }), by }
}

function summaryOf(view: DeployedView, now: Date): object {
  const count = (state: string): number => view.workloads.filter((workload) => workload.state === state).length
  return {
    references: view.name,
    target: view.target,
    intervalSeconds: view.freshness.interval,
    state: deployedStatusOf(view, now).state,
    complete: view.isComplete,
    stale: view.freshness.isStale,
    running: view.freshness.isRunning,
    images: view.images.length,
    workloadCounts: {
      broken: count('broken'),
      unchecked: count('unchecked'),
      moved: count('moved'),
      whole: count('whole'),
    },
    asOf: view.asOf?.toISOString() ?? null,
    lastCompleteAt: view.freshness.lastCompleteAt?.toISOString() ?? null,
    nextRunAt: view.freshness.nextRunAt?.toISOString() ?? null,
    lastRun: view.history[0] ?? null,
  }
}
