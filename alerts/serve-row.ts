import type { Row } from './panels.ts'
import { NAME, of, series } from './queries.ts'

const RATE = '[$__rate_interval]'

/** What only `regfsck serve` exports; empty where a CronJob or a timer scans. */
export const SERVE: Row = {
  title: 'regfsck serve',
  panels: [
    {
      ...{ kind: 'stat', title: 'Configuration', size: [6, 6] },
      description:
        'Whether the configuration file was valid when last read. Rejected: the previous one is still in use.',
      names: { 0: { text: 'rejected', colour: 'red' }, 1: { text: 'in use', colour: 'green' } },
      queries: [
        {
          expr: 'min by (job, instance) (registry_integrity_config_last_reload_successful)',
          legend: '{{job}} {{instance}}',
        },
      ],
    },
    {
      ...{ kind: 'stat', title: 'Next run in', size: [6, 6], unit: 's', base: 'orange' },
      description: 'Below zero: the run is due and waits for another one.',
      steps: [[0, 'blue']],
      queries: [{ expr: `min by (registry, profile) (${of('next_run_timestamp_seconds')}) - time()`, legend: NAME }],
    },
    {
      ...{ kind: 'timeseries', title: 'Runs in an hour', size: [12, 6] },
      description: 'All finished runs, and the incomplete ones by reason.',
      queries: [
        { expr: `sum by (registry, profile) (increase(${series('runs_total')}[1h]))`, legend: NAME },
        {
          expr: `sum by (registry, profile, reason) (increase(${series('run_failures_total')}[1h])) > 0`,
          legend: `${NAME} incomplete: {{reason}}`,
        },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Requests to the registry', size: [6, 7], unit: 'reqps' },
      description: 'By status class; none: no answer.',
      queries: [
        {
          expr: `sum by (registry, profile, code) (rate(${series('http_requests_total')}${RATE}))`,
          legend: `${NAME} {{code}}`,
        },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Retried and throttled requests', size: [6, 7], unit: 'reqps' },
      description:
        'Requests that were retried, and answers with 429. If there are many, lower --max-requests-per-second.',
      queries: [
        {
          expr: `sum by (registry, profile) (rate(${series('http_retries_total')}${RATE}))`,
          legend: `${NAME} retried`,
        },
        {
          expr: `sum by (registry, profile) (rate(${series('http_throttled_total')}${RATE}))`,
          legend: `${NAME} throttled`,
        },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Time for a request', size: [6, 7], unit: 's' },
      description: '95 of 100 requests take less.',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (registry, profile, le) (rate(${series('http_request_duration_seconds_bucket')}${RATE})))`,
          legend: NAME,
        },
      ],
    },
    {
      ...{ kind: 'timeseries', title: 'Memory', size: [6, 7], unit: 'bytes' },
      description: 'Of the exporter itself. Scans are separate processes and are not included.',
      queries: [
        {
          expr: 'sum by (job, instance) (process_resident_memory_bytes and on (job, instance) registry_integrity_config_last_reload_successful)',
          legend: '{{job}} {{instance}}',
        },
      ],
    },
  ],
}
