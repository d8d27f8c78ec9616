/** Every metric that regfsck exports, without its prefix, and the labels it has beside `registry`, `profile` and `shard`. */
export const METRICS: Readonly<Record<string, readonly string[]>> = {
  last_run_timestamp_seconds: [],
  last_success_timestamp_seconds: [],
  run_success: [],
  run_duration_seconds: [],
  run_interval_seconds: [],
  catalog_accessible: [],
  catalog_error: ['reason'],
  failures: ['reason'],
  unpullable_tags: [],
  degraded_tags: [],
  failing_repositories: [],
  repository_failures: ['repository'],
  oldest_failure_timestamp_seconds: [],
  garbage_objects: ['kind'],
  garbage_bytes: ['kind'],
  inconclusive_objects: ['kind', 'reason'],
  skipped_objects: ['kind', 'reason'],
  repositories: [],
  tags: [],
  checked_objects: ['kind'],
  checked_bytes: [],
  storage_blobs: [],
  storage_bytes: [],
  stage_duration_seconds: ['stage'],
  build_info: ['version', 'revision', 'nodeversion'],
  config_info: ['mode', 'depth'],
}

/** What other programs export: the Pushgateway of each of its groups, kube-state-metrics of each CronJob. */
export const FOREIGN_METRICS: Readonly<Record<string, readonly string[]>> = {
  push_time_seconds: [],
  push_failure_time_seconds: [],
  kube_cronjob_spec_suspend: ['namespace', 'cronjob'],
}

export const CATALOG_ERRORS: readonly string[] = [
  ...['unauthorized', 'forbidden', 'not_found', 'unsupported', 'tls', 'dns', 'connect', 'timeout', 'rate_limited'],
  ...['server_error', 'malformed', 'storage'],
]

/** The metrics in a piece of PromQL: our own, and any name of somebody else's. */
export function metricsIn(promql: string): readonly string[] {
  const ours = promql.match(/\bregistry_integrity_\w+/g) ?? []
  const foreign = Object.keys(FOREIGN_METRICS).filter((name) => new RegExp(`\\b${name}\\b`).test(promql))
  return [...new Set([...ours, ...foreign])]
}

/** Whether anybody exports a metric of this name. */
export function isExported(name: string): boolean {
  return Object.hasOwn(METRICS, name.replace(/^registry_integrity_/, '')) || Object.hasOwn(FOREIGN_METRICS, name)
}
