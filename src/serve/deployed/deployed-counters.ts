import { Counter, Gauge, Registry } from 'prom-client'
import { PREFIX } from '../../metrics/catalogue.ts'
import {
  CLUSTER_FAILURES,
  DEPLOYED_SERVE_FAMILIES,
  type DeployedServeFamilyName,
} from '../../metrics/deployed/deployed-families.ts'
import { RUN_FAILURES, type RunFailure } from '../../metrics/serve-families.ts'
import type { RequestCounts } from '../schedule/ipc-messages.ts'
import type { ClusterHealth } from './cluster-health.ts'

const TOO_MANY = 429

/** A set at the time of a scrape. */
export interface SetState {
  readonly name: string
  readonly isRunning: boolean
  /** When it is checked next; `undefined` while it is checked. */
  readonly next: Date | undefined
  /** `undefined`: it is no cluster. */
  readonly cluster: ClusterHealth | undefined
}

/** Counters over all checks of what is deployed. */
export class DeployedCounters {
  readonly #registry = new Registry()
  readonly #runs = new Counter(this.#optionsOf('deployed_runs_total'))
  readonly #failures = new Counter(this.#optionsOf('deployed_run_failures_total'))
  readonly #inProgress = new Gauge(this.#optionsOf('deployed_run_in_progress'))
  readonly #nextRun = new Gauge(this.#optionsOf('deployed_next_run_timestamp_seconds'))
  readonly #requests = new Counter(this.#optionsOf('deployed_http_requests_total'))
  readonly #throttled = new Counter(this.#optionsOf('deployed_http_throttled_total'))
  readonly #lists = new Counter(this.#optionsOf('deployed_cluster_lists_total'))
  readonly #clusterFailures = new Counter(this.#optionsOf('deployed_cluster_failures_total'))
  readonly #unread = new Gauge(this.#optionsOf('deployed_cluster_unread_resources'))

  /** Publishes the counters of a set with 0, so that rate() sees the first increase. */
  add(references: string): void {
    this.#runs.inc({ references }, 0)
    this.#throttled.inc({ references }, 0)
    for (const reason of RUN_FAILURES) this.#failures.inc({ references, reason }, 0)
  }

  countRun(references: string, failure: RunFailure | undefined): void {
    this.#runs.inc({ references })
    if (failure !== undefined) this.#failures.inc({ references, reason: failure })
  }

  countRequests(references: string, { answered }: RequestCounts): void {
    for (const [status] of answered) {
      this.#requests.inc({ references, code: status === 0 ? 'none' : `${Math.floor(status / 100)}xx` })
      if (status === TOO_MANY) this.#throttled.inc({ references })
    }
  }

  /** The text format of Prometheus. */
  text(sets: readonly SetState[]): Promise<string> {
    const ofNow = [this.#inProgress, this.#nextRun, this.#lists, this.#clusterFailures, this.#unread]
    for (const family of ofNow) family.reset()
    if (sets.length === 0) return Promise.resolve('')
    for (const { name: references, isRunning, next, cluster } of sets) {
      this.#inProgress.set({ references }, isRunning ? 1 : 0)
      if (next !== undefined) this.#nextRun.set({ references }, next.getTime() / 1000)
      if (cluster !== undefined) this.#setCluster(references, cluster)
    }
    return this.#registry.metrics()
  }

  /** The cluster's own counts are what is published: they begin anew when it is followed anew. */
  #setCluster(references: string, { lists, failures, unread }: ClusterHealth): void {
    this.#lists.inc({ references }, lists)
    for (const reason of CLUSTER_FAILURES) this.#clusterFailures.inc({ references, reason }, failures[reason])
    for (const [resource, places] of unread) this.#unread.set({ references, resource }, places)
  }

  #optionsOf(name: DeployedServeFamilyName): {
    name: string
    help: string
    labelNames: string[]
    registers: Registry[]
  } {
    const { help, labels } = DEPLOYED_SERVE_FAMILIES[name]
    const labelNames = ['references', ...Object.keys(labels)]
    return { name: `${PREFIX}${name}`, help, labelNames, registers: [this.#registry] }
  }
}
