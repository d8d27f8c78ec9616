import type { Row } from './panels.ts'
import { overPods, UNKNOWN } from './queries.ts'

const NAME = '{{references}}'
const BROKEN = [[1, 'red']] as const
const DRIFT = [[1, 'orange']] as const
const NOT_CHECKED = { [UNKNOWN]: { text: 'not checked', colour: 'orange' } }

/** There before the first check, so that a set that was never checked is not missing. */
const KNOWN = `group by (references) (${of('run_interval_seconds')})`
const INTERVAL = each('run_interval_seconds')
/** Seconds since the last complete check. */
const AGE = `max by (references) (time() - ${of('last_success_timestamp_seconds')})`
/** As in DeployedImagesProbeStale. */
const STALE = `${AGE} > 3 * ${INTERVAL}`
const LOST = `${AGE} > 3 * ${INTERVAL} + clamp_max(13 * ${INTERVAL}, 86400)`

/** What is deployed: sets of files, and clusters. Empty where no set is checked. */
export const DEPLOYED: Row = {
  title: 'Deployed images',
  panels: [
    {
      ...{
        kind: 'stat',
        title: 'Deployed images that cannot be pulled',
        size: [6, 6],
        steps: BROKEN,
        names: NOT_CHECKED,
      },
      description: 'What needs them runs until it has to start elsewhere: then it does not start.',
      queries: [{ expr: images('image-unpullable|platform-missing'), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Running images that are gone', size: [6, 6], steps: BROKEN, names: NOT_CHECKED },
      description: 'They run from what their machines still hold, until the next restart or move.',
      queries: [{ expr: images('running-image-gone'), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Images that have moved', size: [6, 6], steps: DRIFT, names: NOT_CHECKED },
      description: 'The tag is now another image than the one that runs. The next restart brings that.',
      queries: [{ expr: images('image-moved'), legend: NAME }],
    },
    {
      ...{ kind: 'stat', title: 'Last complete check of what is deployed', size: [6, 6], unit: 's' },
      description: 'Its age. Orange: the warning fires. Red: somebody is paged.',
      names: { [UNKNOWN]: { text: 'never', colour: 'red' } },
      queries: [
        { expr: `${AGE} unless ${STALE}`, legend: NAME, colour: 'green' },
        { expr: `${STALE} unless ${LOST}`, legend: NAME, colour: 'orange' },
        { expr: LOST, legend: NAME, colour: 'red' },
        { expr: `-1 * (${KNOWN} unless ${AGE})`, legend: NAME, colour: 'red' },
      ],
    },
    {
      ...{ kind: 'table', title: 'Worst workloads', size: [12, 8] },
      description: 'Images with an error that each needs. At most twenty per set; __other__ is the sum of the rest.',
      queries: [{ expr: `sort_desc(max by (references, workload, file) (${of('workload_failures')}) > 0)` }],
    },
    {
      ...{ kind: 'timeseries', title: 'Findings about what is deployed', size: [12, 8] },
      description: 'Images with each finding. `regfsck explain CODE` explains the code.',
      queries: [
        {
          expr: `max by (references, reason) (${of('findings')}) > 0`,
          legend: `${NAME} {{reason}}`,
        },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Images and workloads', size: [6, 7] },
      description: 'Of the last complete check. A sudden drop means that less is read, or less is deployed.',
      queries: [
        { expr: each('images'), legend: `${NAME} images` },
        { expr: each('workloads'), legend: `${NAME} workloads` },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Workloads with an error', size: [6, 7] },
      description: 'Workloads that need an image with an error.',
      queries: [{ expr: each('failing_workloads'), legend: NAME }],
    },
    {
      ...{ kind: 'timeseries', title: 'Images that could not be checked', size: [6, 7] },
      description: 'They may be intact or broken. Unknown: a file or a place that does not say which image is meant.',
      queries: [
        { expr: `${each('unchecked_images')} > 0`, legend: NAME },
        { expr: `${each('unknown_references')} > 0`, legend: `${NAME} unknown` },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Duration of a check', size: [6, 7], unit: 's' },
      description: 'The dashed line is the interval.',
      queries: [
        { expr: each('run_duration_seconds'), legend: NAME },
        { expr: INTERVAL, legend: `interval of ${NAME}`, dashed: true },
      ],
    },
    {
      ...{ kind: 'stat', title: 'Last check of what is deployed', size: [6, 6] },
      description: 'Whether it was complete. Complete does not mean clean.',
      names: {
        [UNKNOWN]: { text: 'none yet', colour: 'orange' },
        0: { text: 'incomplete', colour: 'red' },
        1: { text: 'complete', colour: 'green' },
      },
      queries: [{ expr: orUnknown(`min by (references) (${of('run_success')})`), legend: NAME }],
    },
    {
      ...{ kind: 'timeseries', title: 'What cannot be read of a cluster', size: [9, 6] },
      description: 'By resource: 1, or the number of namespaces. The cluster is away, or the account has no right.',
      queries: [
        {
          expr: `max by (references, resource) (${of('cluster_unread_resources')}) > 0`,
          legend: `${NAME} {{resource}}`,
        },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Requests to clusters in an hour', size: [9, 6] },
      description:
        'Whole lists, and failures by reason. A watch that has expired or was cut off costs a list or nothing; the others cost knowledge.',
      queries: [
        { expr: `sum by (references) (increase(${series('cluster_lists_total')}[1h]))`, legend: `${NAME} lists` },
        {
          expr: `sum by (references, reason) (increase(${series('cluster_failures_total')}[1h])) > 0`,
          legend: `${NAME} {{reason}}`,
        },
      ],
    },
    {
      ...{ kind: 'table', title: 'Pages of what is deployed', size: [24, 4], linked: ['report', 'runbooks'] },
      description: 'The status page of each set, and the runbooks: external-url.',
      queries: [{ expr: `group by (references, report, runbooks) (${of('links_info')})` }],
    },
  ],
}

/** A metric of the chosen sets, once, however many pods report it. */
function of(metric: string): string {
  return overPods(series(metric))
}

function series(metric: string): string {
  return `registry_integrity_deployed_${metric}{references=~"$references"}`
}

/** Each set as one number. */
function each(metric: string): string {
  return `max by (references) (${of(metric)})`
}

/** How many images have one of these findings, or {@link UNKNOWN}. */
function images(reasons: string): string {
  const found = `registry_integrity_deployed_findings{references=~"$references",reason=~"${reasons}"}`
  return orUnknown(`sum by (references) (${overPods(found)})`)
}

function orUnknown(expr: string): string {
  return `${expr} or ${UNKNOWN} * ${KNOWN}`
}
