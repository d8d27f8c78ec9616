import type { Family } from './family.ts'

/** The name of a family of the shell probe. */
export type LegacyName =
  | 'registry_manifest_integrity_catalog_accessible'
  | 'registry_manifest_integrity_last_run_timestamp'
  | 'registry_manifest_integrity_failures'
  | 'registry_manifest_integrity_repos_checked'
  | 'registry_manifest_integrity_tags_checked'
  | 'registry_manifest_integrity_indexes_checked'

/** The families of the shell probe, for dashboards made for it. Their labels are `instance`, `profile` and `shard`. */
export const LEGACY_FAMILIES: Readonly<Record<LegacyName, Pick<Family, 'group' | 'help'>>> = {
  registry_manifest_integrity_catalog_accessible: {
    group: 'run',
    help: 'As registry_integrity_catalog_accessible; 1 if repositories are given by name.',
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
