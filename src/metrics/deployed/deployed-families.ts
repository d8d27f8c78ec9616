import { FINDING_CODES, FINDINGS } from '../../check/findings/catalogue.ts'
import type { FindingCode } from '../../check/findings/code.ts'
import type { Family } from '../family.ts'
import { OTHER, WORST } from '../label-values.ts'
import { RUN_FAILURES, type ServeFamily } from '../serve-families.ts'

/** Codes of findings about what is deployed, in the order of the exposition. */
export const DEPLOYED_CODES: readonly FindingCode[] = FINDING_CODES.filter((code) => FINDINGS[code].isAboutUse === true)

/** The name of a family about what is deployed, without the prefix. */
export type DeployedFamilyName =
  | 'deployed_last_run_timestamp_seconds'
  | 'deployed_run_success'
  | 'deployed_run_duration_seconds'
  | 'deployed_run_interval_seconds'
  | 'deployed_unchecked_images'
  | 'deployed_unknown_references'
  | 'deployed_links_info'
  | 'deployed_findings'
  | 'deployed_failing_workloads'
  | 'deployed_workload_failures'
  | 'deployed_last_success_timestamp_seconds'
  | 'deployed_images'
  | 'deployed_workloads'

/** Families about what is deployed; all are gauges with the label `references`. Names are without the prefix. */
export const DEPLOYED_FAMILIES: Readonly<Record<DeployedFamilyName, Family>> = {
  deployed_last_run_timestamp_seconds: {
    group: 'run',
    help: 'End of the last check of what is deployed, whatever its outcome.',
    labels: {},
    absent: 'Before the first run has ended.',
  },
  deployed_run_success: {
    group: 'run',
    help: '1 if the last run was complete: every file was read and every image checked. Complete does not mean clean.',
    labels: {},
    absent: 'Before the first run has ended.',
  },
  deployed_run_duration_seconds: { group: 'run', help: 'How long the last run took.', labels: {} },
  deployed_run_interval_seconds: {
    group: 'run',
    help: 'Expected time between two runs. It is there before the first run, so that a set that was never checked is seen.',
    labels: {},
  },
  deployed_unchecked_images: {
    group: 'run',
    help: 'Images that the last run could not check: not known to be intact or broken.',
    labels: {},
  },
  deployed_unknown_references: {
    group: 'run',
    help: 'Files that cannot be read, and places in files where it is unknown which image is meant.',
    labels: {},
  },
  deployed_links_info: {
    group: 'run',
    help: 'Always 1; the links that alerts and the dashboard show.',
    labels: { report: 'the page of the set', runbooks: "the server's copy of the runbooks" },
    absent: 'Without external-url.',
  },
  deployed_findings: {
    group: 'findings',
    help: 'Images with a finding about what is deployed.',
    labels: { reason: DEPLOYED_CODES },
    absent: 'An incomplete run has no 0 for a reason that no run has reported.',
  },
  deployed_failing_workloads: {
    group: 'findings',
    help: 'Workloads that need an image with an error.',
    labels: {},
  },
  deployed_workload_failures: {
    group: 'findings',
    help: 'Images with an error that the workloads with the most of them need; all others together are __other__.',
    labels: { workload: `the ${WORST} worst and ${OTHER}`, file: 'that names the workload' },
    absent: 'Workloads without errors never have a series.',
  },
  deployed_last_success_timestamp_seconds: {
    group: 'result',
    help: 'End of the last complete check of what is deployed.',
    labels: {},
  },
  deployed_images: { group: 'result', help: 'Different images that are deployed.', labels: {} },
  deployed_workloads: { group: 'result', help: 'Workloads that need an image.', labels: {} },
}

/** Why a cluster gave no answer, in the label `reason`. */
export const CLUSTER_FAILURES = ['denied', 'expired', 'cut', 'failed'] as const
/** What is read of a cluster, in the label `resource`; the last three only if the settings ask for them. */
export const CLUSTER_RESOURCES: readonly string[] = [
  ...['pods', 'replicationcontrollers', 'daemonsets', 'deployments', 'replicasets', 'statefulsets', 'cronjobs', 'jobs'],
  ...['nodes', 'serviceaccounts', 'secrets'],
]

/** The name of a family that counts runs, without the prefix. */
export type DeployedServeFamilyName =
  | 'deployed_runs_total'
  | 'deployed_run_failures_total'
  | 'deployed_run_in_progress'
  | 'deployed_next_run_timestamp_seconds'
  | 'deployed_http_requests_total'
  | 'deployed_http_throttled_total'
  | 'deployed_cluster_lists_total'
  | 'deployed_cluster_failures_total'
  | 'deployed_cluster_unread_resources'

/** Families over all runs, with the label `references`. Names are without the prefix. */
export const DEPLOYED_SERVE_FAMILIES: Readonly<Record<DeployedServeFamilyName, ServeFamily>> = {
  deployed_runs_total: { type: 'counter', help: 'Finished checks of what is deployed.', labels: {} },
  deployed_run_failures_total: {
    type: 'counter',
    help: 'Checks of what is deployed that were incomplete, could not read anything, or crashed.',
    labels: { reason: RUN_FAILURES },
  },
  deployed_run_in_progress: { type: 'gauge', help: '1 while what is deployed is checked.', labels: {} },
  deployed_next_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When the next check of what is deployed starts, unless it has to wait.',
    labels: {},
  },
  deployed_http_requests_total: {
    type: 'counter',
    help: 'Requests to the registries of what is deployed.',
    labels: { code: ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] },
  },
  deployed_http_throttled_total: {
    type: 'counter',
    help: 'Requests to the registries of what is deployed that were answered with 429.',
    labels: {},
  },
  deployed_cluster_lists_total: {
    type: 'counter',
    help: 'Times that all objects of a resource were listed: at the start, and again after a watch had expired. Only of clusters.',
    labels: {},
  },
  deployed_cluster_failures_total: {
    type: 'counter',
    help: 'Requests to a cluster that it denied (401, 403), watches that had expired (410), connections that were cut while they were read, and anything else that failed, such as a cluster that is away.',
    labels: { reason: CLUSTER_FAILURES },
  },
  deployed_cluster_unread_resources: {
    type: 'gauge',
    help: 'Whether a resource of a cluster cannot be read now: 1, or the number of namespaces in which it cannot; 0 if all is read.',
    labels: { resource: CLUSTER_RESOURCES },
  },
}
