import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { CAPABILITIES } from '../check/capabilities.ts'
import { PREFIX } from '../metrics/catalogue.ts'
import type { Labels } from '../metrics/samples.ts'
import { type RunFailure, SERVE_FAMILIES, type ServeFamilyName } from '../metrics/serve-families.ts'
import type { RequestCounts } from './schedule/ipc-messages.ts'
import type { Plan } from './schedule/plan.ts'

/** The state at the time of a scrape. */
export interface ScrapeState {
  readonly plans: readonly Plan[]
  readonly isRunning: (plan: Plan) => boolean
  readonly nextRun: (plan: Plan) => Date | undefined
}

/** Seconds: from requests on one machine to those around the world. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const TOO_MANY = 429
/** Gauges of prom-client that are named like counters. Each is the sum of the family of the same name without `_total`. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** Metrics about `serve` itself: counters over all runs, and those of the process. */
export class ServeMetrics {
  readonly #registry = new Registry()
  readonly #runs = this.#counter('runs_total')
  readonly #runFailures = this.#counter('run_failures_total')
  readonly #inProgress = this.#gauge('run_in_progress')
  readonly #nextRun = this.#gauge('next_run_timestamp_seconds')
  readonly #requests = this.#counter('http_requests_total')
  readonly #retries = this.#counter('http_retries_total')
  readonly #throttled = this.#counter('http_throttled_total')
  readonly #durations = new Histogram({ ...this.#optionsOf('http_request_duration_seconds'), buckets: BUCKETS })
  readonly #reloaded = this.#gauge('config_last_reload_successful')
  readonly #reloadedAt = this.#gauge('config_last_reload_timestamp_seconds')

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
  }

  /** Publishes the counters of a plan with 0, so that rate() sees the first increase. */
  add(plan: Plan): void {
    const labels = labelsOf(plan)
    this.#runs.inc(labels, 0)
    for (const reason of SERVE_FAMILIES.run_failures_total.labels['reason'] ?? [])
      this.#runFailures.inc({ ...labels, reason }, 0)
    if (!CAPABILITIES[plan.kind].seesAnswers) return
    this.#retries.inc(labels, 0)
    this.#throttled.inc(labels, 0)
  }

  countRun(plan: Plan, failure: RunFailure | undefined): void {
    this.#runs.inc(labelsOf(plan))
    if (failure !== undefined) this.#runFailures.inc({ ...labelsOf(plan), reason: failure })
  }

  countRequests(plan: Plan, { answered, retried }: RequestCounts): void {
    const labels = labelsOf(plan)
    this.#retries.inc(labels, retried)
    for (const [status, milliseconds] of answered) {
      this.#requests.inc({ ...labels, code: status === 0 ? 'none' : `${Math.floor(status / 100)}xx` })
      this.#durations.observe(labels, milliseconds / 1000)
      if (status === TOO_MANY) this.#throttled.inc(labels)
    }
  }

  /** @param at when a valid configuration was loaded; `undefined`: it was not valid */
  setReload(at: Date | undefined): void {
    this.#reloaded.set(at === undefined ? 0 : 1)
    if (at !== undefined) this.#reloadedAt.set(at.getTime() / 1000)
  }

  /** The text format of Prometheus. */
  text({ plans, isRunning, nextRun }: ScrapeState): Promise<string> {
    this.#inProgress.reset()
    this.#nextRun.reset()
    for (const plan of plans) {
      this.#inProgress.set(labelsOf(plan), isRunning(plan) ? 1 : 0)
      const next = nextRun(plan)
      if (next !== undefined) this.#nextRun.set(labelsOf(plan), next.getTime() / 1000)
    }
    return this.#registry.metrics()
  }

  #counter(name: ServeFamilyName): Counter {
    return new Counter(this.#optionsOf(name))
  }

  #gauge(name: ServeFamilyName): Gauge {
    return new Gauge(this.#optionsOf(name))
  }

  #optionsOf(name: ServeFamilyName): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    const { help, labels, isAboutServe } = SERVE_FAMILIES[name]
    const labelNames = [...(isAboutServe === true ? [] : ['registry', 'profile']), ...Object.keys(labels)]
    return { name: `${PREFIX}${name}`, help, labelNames, registers: [this.#registry] }
  }
}

function labelsOf({ registry, profile }: Plan): Labels {
  return { registry, ...(profile !== '' && { profile }) }
}
