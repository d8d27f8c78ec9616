import { DEPTHS } from '../check/rules.ts'
import { DEPLOYED_FAMILIES } from './deployed/deployed-families.ts'
import type { Family } from './family.ts'
import { PREVIEW_FAMILIES } from './gc-preview/preview-families.ts'
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
import { LEGACY_FAMILIES } from './legacy-families.ts'

/** The prefix of every family. */
export const PREFIX = 'registry_integrity_'

const NOT_WITHOUT_GARBAGE = 'Without --garbage, and if it is unknown which blobs are needed.'

/** The name of a family, without {@link PREFIX}. */
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
    help: '1 if the last run was complete: everything was listed and checked. Complete does not mean clean.',
    labels: {},
  },
  run_duration_seconds: {
    group: 'run',
    help: 'How long the last run took, all its registries together.',
    labels: {},
  },
  run_interval_seconds: {
    group: 'run',
    help: 'Expected time between two runs.',
    labels: {},
    absent: 'Without --interval.',
  },
  catalog_accessible: {
    group: 'run',
    help: '1 if the repositories could be listed.',
    labels: {},
    absent: 'If they are given by name.',
  },
  catalog_error: {
    group: 'run',
    help: '1 for the reason why the repositories could not be listed, 0 for all others.',
    labels: { reason: CATALOG_ERRORS },
    absent: 'When catalog_accessible is.',
  },
  inconclusive_objects: {
    group: 'run',
    help: 'Objects and places that could not be checked: not known to be intact or damaged.',
    labels: { kind: UNCHECKED_KINDS, reason: Object.values(INCONCLUSIVE) },
    absent: 'Pairs of kind and reason that did not occur, of all kinds but place.',
  },
  stage_duration_seconds: {
    group: 'run',
    help: 'How long a stage of the last run took.',
    labels: { stage: STAGES },
    absent: 'Stages that were not needed; all stages if nothing could be read.',
  },
  build_info: {
    group: 'run',
    help: 'Always 1; which version ran.',
    labels: { version: 'of regfsck', revision: 'of its source, if known', nodeversion: 'of Node.js' },
  },
  config_info: {
    group: 'run',
    help: 'Always 1; how the registry was scanned.',
    labels: { mode: Object.values(MODES), depth: DEPTHS },
  },
  links_info: {
    group: 'run',
    help: 'Always 1; the links that alerts and the dashboard show.',
    labels: {
      report: '--report-url; under serve with an external-url, by default its page of the registry',
      runbooks: '--runbook-url; under serve with an external-url, by default its own copy',
    },
    absent: 'If neither is set, nor external-url of serve.',
  },
  failures: {
    group: 'findings',
    help: 'Findings that are errors: what the registry advertises and cannot serve.',
    labels: { reason: ERROR_CODES },
    absent:
      'Reasons that the depth does not see: at graph, those about configs and layers. blob-digest-mismatch has a 0 at depth content only, served-as-wrong-type over the API only, masked-by-cache and not-served-by-api with --against only, the last three never. An incomplete run has no 0; with --state it also counts what earlier runs found and it could not check.',
  },
  unpullable_tags: {
    group: 'findings',
    help: 'Checked tags that cannot be pulled.',
    labels: {},
  },
  degraded_tags: {
    group: 'findings',
    help: 'Checked tags that can be pulled for some platforms only.',
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
    absent: 'If switched off. Repositories without errors never have a series.',
  },
  oldest_failure_timestamp_seconds: {
    group: 'findings',
    help: 'When the oldest remaining error was first seen.',
    labels: {},
    absent: 'Without --state, and if there is no error.',
  },
  last_success_timestamp_seconds: {
    group: 'result',
    help: 'End of the last complete run.',
    labels: {},
  },
  repositories: {
    group: 'result',
    help: 'Repositories that were checked.',
    labels: {},
  },
  tags: {
    group: 'result',
    help: 'Tags that were checked.',
    labels: {},
  },
  checked_objects: {
    group: 'result',
    help: 'Objects known to be intact or damaged, counted once for each repository that has them.',
    labels: { kind: CHECKED_KINDS },
    absent:
      'config, layer and layer_link at depth graph; layer_link over the API; blob (a config or layer whose bytes were hashed) except at depth content.',
  },
  checked_bytes: {
    group: 'result',
    help: 'Bytes that were read and hashed: manifests, and at depth content also configs and layers.',
    labels: {},
  },
  skipped_objects: {
    group: 'result',
    help: 'Objects that were skipped on purpose.',
    labels: { kind: ['place', 'manifest', 'config', 'layer'], reason: Object.values(SKIPPED) },
    absent: 'config and layer at depth graph; pairs of kind and reason that cannot occur.',
  },
  garbage_objects: {
    group: 'result',
    help: 'Unneeded content: unreferenced blobs, abandoned uploads, leftover files.',
    labels: { kind: GARBAGE_KINDS },
    absent:
      'Over the API; layer_link_orphan at depth graph; the last three without --garbage, and blob_unreferenced if it is unknown which blobs are needed.',
  },
  garbage_bytes: {
    group: 'result',
    help: 'Size of the unneeded content.',
    labels: { kind: ['blob_unreferenced', 'upload_abandoned', 'crash_debris'] },
    absent: 'As garbage_objects.',
  },
  storage_blobs: {
    group: 'result',
    help: 'Stored blobs, needed or not.',
    labels: {},
    absent: NOT_WITHOUT_GARBAGE,
  },
  storage_bytes: {
    group: 'result',
    help: 'Size of the stored blobs.',
    labels: {},
    absent: NOT_WITHOUT_GARBAGE,
  },
}

/** A family by its full name. */
export function familyOf(name: string): Pick<Family, 'group' | 'help'> | undefined {
  return BY_NAME.get(name)
}

const BY_NAME: ReadonlyMap<string, Pick<Family, 'group' | 'help'>> = new Map<string, Pick<Family, 'group' | 'help'>>([
  ...Object.entries(FAMILIES).map(([name, family]) => [`${PREFIX}${name}`, family] as const),
  ...Object.entries(LEGACY_FAMILIES),
  ...Object.entries(DEPLOYED_FAMILIES).map(([name, family]) => [`${PREFIX}${name}`, family] as const),
  ...Object.entries(PREVIEW_FAMILIES).map(([name, family]) => [`${PREFIX}${name}`, family] as const),
])

/** Full names, in the order of the exposition. */
export const FAMILY_NAMES: readonly string[] = [...BY_NAME.keys()]
