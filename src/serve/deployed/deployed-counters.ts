import { Counter, Gauge, Registry } from 'prom-client'
import { PREFIX } from '../../metrics/catalogue.ts'
import { DEPLOYED_SERVE_FAMILIES, type DeployedServeFamilyName } from '../../metrics/deployed/deployed-families.ts'
import { RUN_FAILURES, type RunFailure } from '../../metrics/serve-families.ts'
import type { RequestCounts } from '../schedule/ipc-messages.ts'

const TOO_MANY = 429

/** Counters over all checks of what is deployed. */
export class DeployedCounters {
  readonly #registry = new Registry()
  readonly #runs = new Counter(this.#optionsOf('deployed_runs_total'))
  readonly #failures = new Counter(this.#optionsOf('deployed_run_failures_total'))
  readonly #inProgress = new Gauge(this.#optionsOf('deployed_run_in_progress'))
  readonly #nextRun = new Gauge(this.#optionsOf('deployed_next_run_timestamp_seconds'))
  readonly #requests = new Counter(this.#optionsOf('deployed_http_requests_total'))
  readonly #throttled = new Counter(this.#optionsOf('deployed_http_throttled_total'))

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

  /** The text format of Prometheus. @param sets when each set is checked next; `undefined` while it is checked */
  text(
    sets: readonly { readonly name: string; readonly isRunning: boolean; readonly next: Date | undefined }[],
  ): Promise<string> {
    this.#inProgress.reset()
    this.#nextRun.reset()
    if (sets.length === 0) return Promise.resolve('')
    for (const { name: references, isRunning, next } of sets) {
      this.#inProgress.set({ references }, isRunning ? 1 : 0)
      if (next !== undefined) this.#nextRun.set({ references }, next.getTime() / 1000)
    }
    return this.#registry.metrics()
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
