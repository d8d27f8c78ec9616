import { DEPLOYED } from './deployed-row.ts'
import { laidOut, type Row } from './panels.ts'
import { AGE, AGES, INTERVAL, NAME, of, orUnknown, total, UNKNOWN } from './queries.ts'
import { SERVE } from './serve-row.ts'

const DAMAGE = [[1, 'red']] as const
const DOUBT = [[1, 'orange']] as const
const NOT_CHECKED = { [UNKNOWN]: { text: 'not checked', colour: 'orange' } }

const OVERVIEW: Row = {
  title: 'Overview',
  panels: [
    {
      ...{ kind: 'stat', title: 'Missing or damaged', size: [6, 5], steps: DAMAGE, names: NOT_CHECKED },
      description: 'Manifests and blobs that the registry advertises but cannot serve.',
      queries: [{ expr: orUnknown(total('failures')), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Tags that nobody can pull', size: [6, 5], steps: DAMAGE, names: NOT_CHECKED },
      description: 'Pulls of these fail on every platform.',
      queries: [{ expr: orUnknown(total('unpullable_tags')), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Degraded tags', size: [6, 5], steps: DOUBT, names: NOT_CHECKED },
      description: 'Part of these is damaged, but at least one platform can be pulled.',
      queries: [{ expr: orUnknown(total('degraded_tags')), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Last complete run', size: [6, 5], unit: 's' },
      description:
        'Age of the last complete run, of the stalest shard. Orange: the warning fires. Red: somebody is paged.',
      names: { [UNKNOWN]: { text: 'never', colour: 'red' } },
      queries: AGES,
    },
    {
      ...{ kind: 'table', title: 'Links', size: [24, 4], linked: ['report', 'runbooks'] },
      description: 'The report or status page of each registry, and the runbooks: --report-url and --runbook-url.',
      queries: [{ expr: `group by (registry, profile, report, runbooks) (${of('links_info')})` }],
    },
  ],
}

const FRESHNESS: Row = {
  title: 'Freshness',
  panels: [
    {
      ...{ kind: 'stat', title: 'Last run', size: [6, 6] },
      description: 'Whether the last run was complete. Complete does not mean clean.',
      names: {
        [UNKNOWN]: { text: 'none yet', colour: 'orange' },
        0: { text: 'incomplete', colour: 'red' },
        1: { text: 'complete', colour: 'green' },
      },
      queries: [{ expr: orUnknown(`min by (registry, profile) (${of('run_success')})`), legend: NAME }],
    },
    {
      ...{ kind: 'timeseries', title: 'Age of results', size: [18, 6], unit: 's' },
      description: 'A sawtooth is healthy. The dashed line is three intervals: above it the warning fires.',
      queries: [
        { expr: AGE, legend: NAME },
        { expr: `3 * ${INTERVAL}`, legend: `three intervals of ${NAME}`, dashed: true },
      ],
    },
  ],
}

const FINDINGS: Row = {
  title: 'Findings',
  panels: [
    {
      ...{ kind: 'timeseries', title: 'By finding', size: [12, 8] },
      description: '`regfsck explain CODE` explains each code and how to repair it.',
      queries: [{ expr: `sum by (registry, profile, reason) (${of('failures')}) > 0`, legend: `${NAME} {{reason}}` }],
    },
    {
      ...{ kind: 'table', title: 'Worst repositories', size: [12, 8] },
      description: 'At most twenty per registry; __other__ is the sum of the rest.',
      queries: [{ expr: `sort_desc(sum by (registry, profile, repository) (${of('repository_failures')}) > 0)` }],
    },
    {
      ...{ kind: 'timeseries', title: 'Repositories with damage', size: [8, 7] },
      description: 'One repository with a hundred failures and a hundred repositories with one have different causes.',
      queries: [{ expr: total('failing_repositories'), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Broken since', size: [8, 7], unit: 's', base: 'red' },
      description: 'Age of the oldest remaining finding. Needs --state.',
      queries: [
        { expr: `max by (registry, profile) (time() - (${of('oldest_failure_timestamp_seconds')} > 0))`, legend: NAME },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Space used by garbage', size: [8, 7], unit: 'bytes' },
      description: 'Needs --garbage.',
      queries: [{ expr: `sum by (registry, profile, kind) (${of('garbage_bytes')})`, legend: `${NAME} {{kind}}` }],
    },
  ],
}

const COVERAGE: Row = {
  title: 'Coverage',
  panels: [
    {
      ...{ kind: 'timeseries', title: 'Repositories and tags', size: [8, 7] },
      description: 'A sudden drop means that the probe sees less, not that the registry has less.',
      queries: [
        { expr: total('repositories'), legend: `${NAME} repositories` },
        { expr: total('tags'), legend: `${NAME} tags` },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Objects checked', size: [8, 7] },
      description: 'By kind. No blobs here means that the depth is `graph`.',
      queries: [{ expr: `sum by (registry, profile, kind) (${of('checked_objects')})`, legend: `${NAME} {{kind}}` }],
    },
    {
      ...{ kind: 'timeseries', title: 'Could not be checked', size: [8, 7] },
      description:
        'These may be intact or damaged: the store did not say. Skipped objects do not make a run incomplete.',
      queries: [
        {
          expr: `sum by (registry, profile, reason) (${of('inconclusive_objects')}) > 0`,
          legend: `${NAME} {{reason}}`,
        },
        {
          expr: `sum by (registry, profile, reason) (${of('skipped_objects')}) > 0`,
          legend: `${NAME} skipped: {{reason}}`,
        },
      ],
    },
  ],
}

const PROBE: Row = {
  title: 'Probe',
  panels: [
    {
      ...{ kind: 'stat', title: 'Repositories can be listed', size: [6, 7] },
      description: 'No data: the repositories are given by name, and nothing is listed.',
      names: { 0: { text: 'no', colour: 'red' }, 1: { text: 'yes', colour: 'green' } },
      queries: [{ expr: `min by (registry, profile) (${of('catalog_accessible')})`, legend: NAME }],
    },
    {
      ...{ kind: 'table', title: 'Why they cannot be listed', size: [6, 7] },
      description: 'The reason of the last run.',
      queries: [{ expr: `max by (registry, profile, reason) (${of('catalog_error')}) == 1` }],
    },
    {
      ...{ kind: 'timeseries', title: 'Duration of a run', size: [6, 7], unit: 's' },
      description: 'Of the slowest shard. The dashed line is the interval.',
      queries: [
        { expr: `max by (registry, profile) (${of('run_duration_seconds')})`, legend: NAME },
        { expr: INTERVAL, legend: `interval of ${NAME}`, dashed: true },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Stages of a run', size: [6, 7], unit: 's' },
      description: 'Of the slowest shard.',
      queries: [
        {
          expr: `max by (registry, profile, stage) (${of('stage_duration_seconds')})`,
          legend: `${NAME} {{stage}}`,
        },
      ],
    },
    {
      ...{ kind: 'table', title: 'Versions', size: [12, 5] },
      description: 'Which version of regfsck reports which registry.',
      queries: [{ expr: `group by (registry, profile, version, revision, nodeversion) (${of('build_info')})` }],
    },
    {
      ...{ kind: 'table', title: 'Settings', size: [12, 5] },
      description: 'The depth of each profile.',
      queries: [{ expr: `group by (registry, profile, mode, depth) (${of('config_info')})` }],
    },
  ],
}

/** Also a registry that `serve` has not scanned yet. */
const EVERY = '__name__=~"registry_integrity_last_run_timestamp_seconds|registry_integrity_run_in_progress"'

/** A Grafana dashboard; data source, registry, profile and what is deployed are chosen above it. */
export function dashboard(): object {
  return {
    uid: 'registry-integrity',
    title: 'Registry integrity',
    description: 'What regfsck found: what would break a pull, how old the results are, and how the probe is doing.',
    tags: ['regfsck', 'registry'],
    schemaVersion: 38,
    editable: true,
    refresh: '1m',
    time: { from: 'now-24h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        chooser('registry', 'Registry', `label_values({${EVERY}}, registry)`),
        chooser('profile', 'Profile', `label_values({${EVERY},registry=~"$registry"}, profile)`),
        chooser('references', 'Deployed', 'label_values(registry_integrity_deployed_run_interval_seconds, references)'),
      ],
    },
    panels: laidOut([OVERVIEW, FRESHNESS, FINDINGS, COVERAGE, PROBE, DEPLOYED, SERVE]),
  }
}

/** `.*` for all: it also matches series without the label. */
function chooser(name: string, label: string, query: string): object {
  return {
    ...{ name, label, type: 'query', query, refresh: 2, sort: 1 },
    datasource: { type: 'prometheus', uid: '$datasource' },
    ...{ multi: true, includeAll: true, allValue: '.*', current: { text: 'All', value: '$__all' } },
  }
}
