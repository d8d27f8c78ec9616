import { FAMILIES } from '../../src/metrics/catalogue.ts'
import { DEPLOYED_FAMILIES, DEPLOYED_SERVE_FAMILIES } from '../../src/metrics/deployed/deployed-families.ts'
import { PREVIEW_FAMILIES } from '../../src/metrics/gc-preview/preview-families.ts'
import { SERVE_FAMILIES } from '../../src/metrics/serve-families.ts'

/** Every metric that regfsck exports, without its prefix, and the labels it has beside `registry`, `profile` and `shard`. */
export const METRICS: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ...Object.entries({ ...FAMILIES, ...SERVE_FAMILIES, ...PREVIEW_FAMILIES }).map(([name, { labels }]) => [
    name,
    Object.keys(labels),
  ]),
  ...Object.entries({ ...DEPLOYED_FAMILIES, ...DEPLOYED_SERVE_FAMILIES }).map(([name, { labels }]) => [
    name,
    ['references', ...Object.keys(labels)],
  ]),
])

/** What other programs export: the Pushgateway of each of its groups, kube-state-metrics of each CronJob. */
export const FOREIGN_METRICS: Readonly<Record<string, readonly string[]>> = {
  push_time_seconds: [],
  push_failure_time_seconds: [],
  kube_cronjob_spec_suspend: ['namespace', 'cronjob'],
}

export const CATALOG_ERRORS: readonly string[] = [FAMILIES.catalog_error.labels['reason'] ?? []].flat()

/** The metrics in a piece of PromQL: our own, and any name of somebody else's. */
export function metricsIn(promql: string): readonly string[] {
  const ours = promql.match(/\bregistry_integrity_\w+/g) ?? []
  const foreign = Object.keys(FOREIGN_METRICS).filter((name) => new RegExp(`\\b${name}\\b`).test(promql))
  return [...new Set([...ours, ...foreign])]
}

/** Whether anybody exports a metric of this name. */
export function isExported(name: string): boolean {
  return (
    Object.hasOwn(METRICS, name.replace(/^registry_integrity_|_bucket$/g, '')) || Object.hasOwn(FOREIGN_METRICS, name)
  )
}
