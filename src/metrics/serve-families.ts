/** A family that only `serve` publishes. */
export interface ServeFamily {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Labels besides `registry` and `profile`, with all their values. */
  readonly labels: Readonly<Record<string, readonly string[]>>
  /** Without `registry` and `profile`. */
  readonly isAboutServe?: boolean
}

/** The name of a family, without the prefix. */
export type ServeFamilyName =
  | 'runs_total'
  | 'run_failures_total'
  | 'run_in_progress'
  | 'next_run_timestamp_seconds'
  | 'http_requests_total'
  | 'http_retries_total'
  | 'http_throttled_total'
  | 'http_request_duration_seconds'
  | 'config_last_reload_successful'
  | 'config_last_reload_timestamp_seconds'

/** Why a run failed. */
export const RUN_FAILURES = ['incomplete', 'unreadable', 'crashed'] as const
/** One of {@link RUN_FAILURES}. */
export type RunFailure = (typeof RUN_FAILURES)[number]

const HTTP_CODES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const

/** The families of `serve`. Names are without the prefix. */
export const SERVE_FAMILIES: Readonly<Record<ServeFamilyName, ServeFamily>> = {
  runs_total: { type: 'counter', help: 'Finished runs, whatever their outcome.', labels: {} },
  run_failures_total: {
    type: 'counter',
    help: 'Runs that were incomplete, could not read the registry, or crashed.',
    labels: { reason: RUN_FAILURES },
  },
  run_in_progress: { type: 'gauge', help: '1 while a run is under way.', labels: {} },
  next_run_timestamp_seconds: { type: 'gauge', help: 'When the next run starts, unless it has to wait.', labels: {} },
  http_requests_total: {
    type: 'counter',
    help: 'Requests to the registry, and to the hosts it refers to.',
    labels: { code: HTTP_CODES },
  },
  http_retries_total: { type: 'counter', help: 'Requests that were retried.', labels: {} },
  http_throttled_total: { type: 'counter', help: 'Requests that were answered with 429.', labels: {} },
  http_request_duration_seconds: {
    type: 'histogram',
    help: 'Duration of requests to the registry, including the body.',
    labels: {},
  },
  config_last_reload_successful: {
    type: 'gauge',
    help: '1 if the configuration file was valid when last read; 0: a previous one is still in use.',
    labels: {},
    isAboutServe: true,
  },
  config_last_reload_timestamp_seconds: {
    type: 'gauge',
    help: 'When a valid configuration was last loaded.',
    labels: {},
    isAboutServe: true,
  },
}
