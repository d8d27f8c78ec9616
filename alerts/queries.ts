/** Only the registries and profiles that were chosen above the dashboard. */
const CHOSEN = 'registry=~"$registry",profile=~"$profile"'
const PODS = 'instance, pod, container, endpoint'

/** The series of a metric as they are, for counters: their rate comes first. */
export function series(metric: string): string {
  return `registry_integrity_${metric}{${CHOSEN}}`
}

/** A metric of the chosen registries and profiles, once, however many pods report it. */
export function of(metric: string): string {
  return overPods(series(metric))
}

/** What several pods report, once. */
export function overPods(expr: string): string {
  return `max without (${PODS}) (${expr})`
}

/** Each registry and profile as one number, shards added up. */
export function total(metric: string): string {
  return `sum by (registry, profile) (${of(metric)})`
}

/** How series of one registry and profile are called. */
export const NAME = '{{registry}} {{profile}}'

/** 1 for everything that is scanned, or is to be: `serve` knows of a registry before its first run. */
const KNOWN = `group by (registry, profile) (${series('last_run_timestamp_seconds')} or ${series('run_in_progress')})`

/** Stands for what is unknown. It is shown as a word, so that a registry that was never read is not missing. */
export const UNKNOWN = -1

/** A number for each registry, and {@link UNKNOWN} for one that has none. */
export function orUnknown(expr: string): string {
  return `${expr} or -1 * ${KNOWN}`
}

export const INTERVAL = `max by (registry, profile) (${of('run_interval_seconds')})`

/** Seconds since the last complete run, of the stalest shard. */
export const AGE = `max by (registry, profile) (time() - ${of('last_success_timestamp_seconds')})`

const STALE = `${AGE} > 3 * ${INTERVAL}`
const LOST = `${AGE} > 3 * ${INTERVAL} + clamp_max(13 * ${INTERVAL}, 86400)`

/** The age of what is known, in the colours of RegistryIntegrityProbeStale: each registry has its own interval. */
export const AGES = [
  { expr: `${AGE} unless ${STALE}`, legend: NAME, colour: 'green' },
  { expr: `${STALE} unless ${LOST}`, legend: NAME, colour: 'orange' },
  { expr: LOST, legend: NAME, colour: 'red' },
  { expr: `-1 * (${KNOWN} unless ${AGE})`, legend: NAME, colour: 'red' },
] as const
