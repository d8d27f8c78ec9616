import {
  CATALOG_ERRORS,
  CHECKED_KINDS,
  ERROR_CODES,
  GARBAGE_KINDS,
  INCONCLUSIVE,
  MODES,
  OTHER,
  SKIPPED,
  STAGES,
  UNCHECKED_KINDS,
  WORST,
} from './label-values.ts'

/**
 * When a family is replaced by what a new run knows. `run`: by every run. `findings`: by a run that is complete, or that
 * found errors. `result`: by a complete run only.
 */
export type Group = 'run' | 'findings' | 'result'

export interface Family {
  readonly group: Group
  readonly help: string
  /** Beside those that every series has: each with its closed set of values, or with what stands in it. */
  readonly labels: Readonly<Record<string, readonly string[] | string>>
  /** When it is left out, if ever. */
  readonly absent?: string
}

export const PREFIX = 'registry_integrity_'

const NOT_WITHOUT_GARBAGE = 'Without --garbage, and where nobody can tell which blobs are needed.'

export type FamilyName =
  | 'last_run_timestamp_seconds'
  | 'run_success'
  | 'run_duration_seconds'
  | 'run_interval_seconds'
  | 'catalog_accessible'
  | 'catalog_error'
  | 'inconclusive_objects'
  | 'stage_duration_seconds'
  | 'build_info'
  | 'config_info'
  | 'links_info'
  | 'failures'
  | 'unpullable_tags'
  | 'degraded_tags'
  | 'failing_repositories'
  | 'repository_failures'
  | 'oldest_failure_timestamp_seconds'
  | 'last_success_timestamp_seconds'
  | 'repositories'
  | 'tags'
  | 'checked_objects'
  | 'checked_bytes'
  | 'skipped_objects'
  | 'garbage_objects'
  | 'garbage_bytes'
  | 'storage_blobs'
  | 'storage_bytes'

/** Every family, in the order of the exposition; all are gauges. Names are without {@link PREFIX}. */
export const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  last_run_timestamp_seconds: {
    group: 'run',
    help: 'End of the last run, whatever its outcome.',
    labels: {},
  },
  run_success: {
    group: 'run',
    help: '1 where the last run was complete: everything was listed and looked at. Complete is not the same as clean.',
    labels: {},
  },
  run_duration_seconds: {
    group: 'run',
    help: 'How long the last run took, all its registries together.',
    labels: {},
  },
  run_interval_seconds: {
    group: 'run',
    help: 'How often a run is meant to end.',
    labels: {},
    absent: 'Without --interval.',
  },
  catalog_accessible: {
    group: 'run',
    help: '1 where the repositories could be listed.',
    labels: {},
    absent: 'Where they are named and not asked for.',
  },
  catalog_error: {
    group: 'run',
    help: '1 for the reason why the repositories could not be listed, 0 for all others.',
    labels: { reason: CATALOG_ERRORS },
    absent: 'Where catalog_accessible is.',
  },
  inconclusive_objects: {
    group: 'run',
    help: 'Objects and places that could not be looked at: neither whole nor damaged.',
    labels: { kind: UNCHECKED_KINDS, reason: Object.values(INCONCLUSIVE) },
    absent: 'Pairs of kind and reason that did not occur, of all kinds but place.',
  },
  stage_duration_seconds: {
    group: 'run',
    help: 'How long a stage of the last run took.',
    labels: { stage: STAGES },
    absent: 'Stages that there was no need of, and all where nothing could be read.',
  },
  build_info: {
    group: 'run',
    help: '1; what ran.',
    labels: { version: 'of regfsck', revision: 'of its source, where it is known', nodeversion: 'of Node.js' },
  },
  config_info: {
    group: 'run',
    help: '1; how the registry was looked at.',
    labels: { mode: Object.values(MODES), depth: ['graph', 'blobs', 'content'] },
  },
  links_info: {
    group: 'run',
    help: '1; where people go on reading: alerts and the dashboard link it.',
    labels: {
      report: 'what --report-url says; of serve else its page of the registry, where it has an external-url',
      runbooks: 'what --runbook-url says; of serve else its own copy, where it has an external-url',
    },
    absent: 'Where neither is given, and no external-url of serve.',
  },
  failures: {
    group: 'findings',
    help: 'Findings that are errors: what the registry advertises and cannot serve.',
    labels: { reason: ERROR_CODES },
    absent:
      'What the depth does not see: at graph, configs and layers. blob-digest-mismatch has a 0 at depth content only, served-as-wrong-type over the API only, masked-by-cache and not-served-by-api with --against only, the last three never. An incomplete run has no 0, and counts with --state what earlier runs found and it could not look at.',
  },
  unpullable_tags: {
    group: 'findings',
    help: 'Tags that nobody can pull, of those that this run looked at.',
    labels: {},
  },
  degraded_tags: {
    group: 'findings',
    help: 'Tags that can be pulled in part, of those that this run looked at.',
    labels: {},
  },
  failing_repositories: {
    group: 'findings',
    help: 'Repositories with at least one error.',
    labels: {},
  },
  repository_failures: {
    group: 'findings',
    help: 'Errors of the repositories with the most of them; all others together are __other__.',
    labels: { repository: `the ${WORST} worst and ${OTHER}` },
    absent: 'Where it is switched off. Repositories without errors never have a series.',
  },
  oldest_failure_timestamp_seconds: {
    group: 'findings',
    help: 'When the oldest error that is still there was first seen.',
    labels: {},
    absent: 'Without --state, and where there is no error.',
  },
  last_success_timestamp_seconds: {
    group: 'result',
    help: 'End of the last complete run.',
    labels: {},
  },
  repositories: {
    group: 'result',
    help: 'Repositories that were looked at.',
    labels: {},
  },
  tags: {
    group: 'result',
    help: 'Tags that were looked at.',
    labels: {},
  },
  checked_objects: {
    group: 'result',
    help: 'Objects that are known to be whole or damaged, once for each repository that has them.',
    labels: { kind: CHECKED_KINDS },
    absent:
      'config, layer and layer_link at depth graph; layer_link where the API is asked; blob (a config or layer whose bytes were hashed) but at depth content.',
  },
  checked_bytes: {
    group: 'result',
    help: 'Bytes that were read and hashed: of manifests, and at depth content of configs and layers.',
    labels: {},
  },
  skipped_objects: {
    group: 'result',
    help: 'Objects that were not looked at on purpose.',
    labels: { kind: ['place', 'manifest', 'config', 'layer'], reason: Object.values(SKIPPED) },
    absent: 'config and layer at depth graph; pairs of kind and reason that cannot be.',
  },
  garbage_objects: {
    group: 'result',
    help: 'Things that only take up space.',
    labels: { kind: GARBAGE_KINDS },
    absent:
      'Where the API is asked; layer_link_orphan at depth graph; the last three without --garbage, and blob_unreferenced where nobody can tell which blobs are needed.',
  },
  garbage_bytes: {
    group: 'result',
    help: 'The space that they take up.',
    labels: { kind: ['blob_unreferenced', 'upload_abandoned', 'crash_debris'] },
    absent: 'As garbage_objects.',
  },
  storage_blobs: {
    group: 'result',
    help: 'Blobs that are stored, needed or not.',
    labels: {},
    absent: NOT_WITHOUT_GARBAGE,
  },
  storage_bytes: {
    group: 'result',
    help: 'The space that they take up.',
    labels: {},
    absent: NOT_WITHOUT_GARBAGE,
  },
}

export type LegacyName =
  | 'registry_manifest_integrity_catalog_accessible'
  | 'registry_manifest_integrity_last_run_timestamp'
  | 'registry_manifest_integrity_failures'
  | 'registry_manifest_integrity_repos_checked'
  | 'registry_manifest_integrity_tags_checked'
  | 'registry_manifest_integrity_indexes_checked'

/** The shell probe's own names, for dashboards that know no others. The only label is `instance`, and profile and shard. */
export const LEGACY_FAMILIES: Readonly<Record<LegacyName, Pick<Family, 'group' | 'help'>>> = {
  registry_manifest_integrity_catalog_accessible: {
    group: 'run',
    help: 'As registry_integrity_catalog_accessible; 1 where repositories are named.',
  },
  registry_manifest_integrity_last_run_timestamp: {
    group: 'run',
    help: 'As registry_integrity_last_run_timestamp_seconds.',
  },
  registry_manifest_integrity_failures: {
    group: 'findings',
    help: 'The sum of registry_integrity_failures.',
  },
  registry_manifest_integrity_repos_checked: {
    group: 'result',
    help: 'As registry_integrity_repositories.',
  },
  registry_manifest_integrity_tags_checked: {
    group: 'result',
    help: 'As registry_integrity_tags.',
  },
  registry_manifest_integrity_indexes_checked: {
    group: 'result',
    help: 'As registry_integrity_checked_objects of kind index.',
  },
}

/** What is known of a family by its whole name. */
export function familyOf(name: string): Pick<Family, 'group' | 'help'> | undefined {
  return BY_NAME.get(name)
}

const BY_NAME: ReadonlyMap<string, Pick<Family, 'group' | 'help'>> = new Map<string, Pick<Family, 'group' | 'help'>>([
  ...Object.entries(FAMILIES).map(([name, family]) => [`${PREFIX}${name}`, family] as const),
  ...Object.entries(LEGACY_FAMILIES),
])

/** Whole names, in the order of the exposition. */
export const FAMILY_NAMES: readonly string[] = [...BY_NAME.keys()]
