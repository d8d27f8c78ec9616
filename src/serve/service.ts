import { exposition } from '../metrics/exposition.ts'
import type { Sample } from '../metrics/samples.ts'
import { statusOf } from '../report/html/overview/status.ts'
import type { RejectedConfig } from '../report/html/overview/view.ts'
import { linkSamples } from './http/own-links.ts'
import { viewOf } from './http/views.ts'
import type { ServeLog } from './log.ts'
import { ServeMetrics } from './own-metrics.ts'
import type { Clock } from './schedule/clock.ts'
import { isSamePlan, type Plan, planKey } from './schedule/plan.ts'
import type { RunScan, ScanListener } from './schedule/scan-process.ts'
import { Schedule } from './schedule/schedule.ts'
import { type BuildInfo, EMPTY_STATE, type RegistryState } from './state/registry-state.ts'
import { RunRecorder } from './state/run-recorder.ts'
import type { StateStore } from './state/state-store.ts'
import type { PlanStatus } from './state/status.ts'

/** What a service works with. */
export interface ServiceOptions {
  readonly scan: RunScan
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly scansAtOnce: number
  readonly store: StateStore
  readonly log: ServeLog
  readonly build: BuildInfo
}

/** Milliseconds for which a scrape is answered from the last one. */
const SCRAPE_CACHE = 250

/** Runs the scans of the plans and holds their results. */
export class Service {
  readonly #options: ServiceOptions
  readonly #schedule: Schedule
  readonly #own = new ServeMetrics()
  readonly #states = new Map<string, RegistryState>()
  readonly #running = new Set<Promise<void>>()
  #plans: readonly Plan[] = []
  /** Metrics of the registries. Made after each run, so that the cost of a scrape does not depend on the registry. */
  #results = ''
  /** Number of the last update of {@link #results}. */
  #updates = 0
  #isReady = false
  #rejected: RejectedConfig | undefined
  /** The last scrape. Cleared when anything but a counter changes. */
  #scrape: { readonly at: number; readonly text: Promise<string> } | undefined

  constructor(options: ServiceOptions) {
    const { clock, random, scansAtOnce: atOnce } = options
    this.#options = options
    this.#schedule = new Schedule((plan, signal) => this.#run(plan, signal), { clock, random, atOnce })
  }

  /**
   * Replaces the plans. A plan keeps its results unless its target has changed. A changed plan is scanned soon.
   */
  async load(plans: readonly Plan[]): Promise<void> {
    const { store, clock } = this.#options
    this.#plans = plans
    const wanted = new Set(plans.map(planKey))
    for (const key of this.#states.keys()) if (!wanted.has(key)) this.#states.delete(key)
    for (const plan of plans) {
      this.#own.add(plan)
      const key = planKey(plan)
      const state = this.#states.get(key) ?? store.read(plan)
      this.#states.set(key, state?.by?.target === plan.target ? state : EMPTY_STATE)
    }
    this.#own.setReload(clock.now())
    this.#rejected = undefined
    await this.#updateMetrics()
    this.#schedule.set(plans, (plan) => {
      const { runs, by } = this.#stateOf(plan)
      const [last] = runs
      return last === undefined || by === undefined || !isSamePlan(plan, by) ? undefined : new Date(last.startedAt)
    })
    this.#isReady = true
  }

  /** Whether a configuration is loaded. */
  get isReady(): boolean {
    return this.#isReady
  }

  /**
   * Records that a new configuration is not valid. The previous one stays in use.
   *
   * @param problems as sentences
   */
  rejectConfig(problems: readonly string[]): void {
    this.#scrape = undefined
    this.#own.setReload(undefined)
    this.#rejected = { at: this.#options.clock.now(), problems }
  }

  /** The last configuration, if it was rejected. */
  get rejectedConfig(): RejectedConfig | undefined {
    return this.#rejected
  }

  /** The plans and their results, in the order of the configuration. */
  statuses(): readonly PlanStatus[] {
    return this.#plans.map((plan) => this.#statusOf(plan))
  }

  #statusOf(plan: Plan): PlanStatus {
    return {
      plan,
      state: this.#stateOf(plan),
      isRunning: this.#schedule.isRunning(plan),
      nextRun: this.#schedule.nextRun(plan),
    }
  }

  /** The text format of Prometheus. Requests at nearly the same time get the same text. */
  metrics(): Promise<string> {
    const now = this.#options.clock.elapsed()
    if (this.#scrape === undefined || now - this.#scrape.at > SCRAPE_CACHE)
      this.#scrape = { at: now, text: this.#text() }
    return this.#scrape.text
  }

  async #text(): Promise<string> {
    const own = await this.#own.text({
      plans: this.#plans,
      isRunning: (plan) => this.#schedule.isRunning(plan),
      nextRun: (plan) => this.#schedule.nextRun(plan),
    })
    return `${this.#results}${own}`
  }

  /** Stops all scans. Resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#schedule.stop()
    await Promise.all(this.#running)
  }

  #run(plan: Plan, signal: AbortSignal): Promise<void> {
    const done = this.#scan(plan, signal).finally(() => {
      this.#running.delete(done)
    })
    this.#running.add(done)
    return done
  }

  async #scan(plan: Plan, signal: AbortSignal): Promise<void> {
    const { scan, clock, log } = this.#options
    const { registry, profile } = plan
    log('info', 'scan.started', { registry, profile, target: plan.target, depth: plan.depth })
    this.#scrape = undefined
    const recorder = new RunRecorder(plan, this.#stateOf(plan), clock.now())
    const problem = await scan(plan, this.#listenerFor(plan, recorder), signal).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    )
    // Stopped by this server, which says nothing about the registry.
    if (signal.aborted) log('info', 'scan.stopped', { registry, profile })
    else await this.#finish(plan, recorder, problem)
  }

  #listenerFor(plan: Plan, recorder: RunRecorder): ScanListener {
    const { registry, profile } = plan
    return {
      onEvent: (event) => {
        recorder.take(event)
      },
      onRequests: (counts) => {
        this.#own.countRequests(plan, counts)
      },
      onStderr: (line) => {
        this.#options.log('warn', 'scan.said', { registry, profile, line })
      },
    }
  }

  async #finish(plan: Plan, recorder: RunRecorder, problem: string | undefined): Promise<void> {
    const { clock, log, build, store } = this.#options
    const { registry, profile } = plan
    const { state, failure } = recorder.end(clock.now(), build, problem)
    this.#states.set(planKey(plan), state)
    this.#own.countRun(plan, failure)
    await this.#updateMetrics()
    store.write(plan, state)
    const { state: status } = statusOf(viewOf(this.#statusOf(plan), clock.now()), clock.now())
    const level = failure === undefined ? 'info' : 'warn'
    log(level, 'scan.finished', { registry, profile, state: status, failure, ...state.runs[0] })
  }

  #stateOf(plan: Plan): RegistryState {
    return this.#states.get(planKey(plan)) ?? EMPTY_STATE
  }

  async #updateMetrics(): Promise<void> {
    const samples: Sample[] = this.#plans.flatMap((plan) => {
      const { run, findings, result } = this.#stateOf(plan).samples
      return [...run, ...findings, ...result, ...linkSamples(plan)]
    })
    const update = ++this.#updates
    const results = await exposition(samples)
    // Two runs may end at the same time: the later update has the results of both.
    if (update === this.#updates) this.#results = results
    this.#scrape = undefined
  }
}
