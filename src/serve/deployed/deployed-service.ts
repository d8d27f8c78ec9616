import { plannedSamples } from '../../metrics/deployed/deployed-samples.ts'
import { exposition } from '../../metrics/exposition.ts'
import type { ServeLog } from '../log.ts'
import type { Clock } from '../schedule/clock.ts'
import { isSamePlan, planKey } from '../schedule/plan.ts'
import type { RunCommand } from '../schedule/scan-process.ts'
import { Schedule } from '../schedule/schedule.ts'
import { DeployedCounters } from './deployed-counters.ts'
import type { DeployedPlan } from './deployed-plan.ts'
import { DeployedRecorder } from './deployed-recorder.ts'
import { type DeployedRecord, NO_RECORD } from './deployed-state.ts'
import type { DeployedStore } from './deployed-store.ts'

/** What the service works with. */
export interface DeployedOptions {
  readonly check: RunCommand
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly checksAtOnce: number
  readonly store: DeployedStore
  readonly log: ServeLog
}

/** A set of references, what is known of it, and when it is checked next. */
export interface DeployedStatus {
  readonly plan: DeployedPlan
  readonly record: DeployedRecord
  readonly isRunning: boolean
  readonly nextRun: Date | undefined
}

/** Checks what is deployed by a schedule of its own and holds the results. */
export class DeployedService {
  readonly #options: DeployedOptions
  readonly #schedule: Schedule<DeployedPlan>
  readonly #counters = new DeployedCounters()
  readonly #records = new Map<string, DeployedRecord>()
  readonly #running = new Set<Promise<void>>()
  #plans: readonly DeployedPlan[] = []
  /** Made after each run. */
  #results = ''
  #updates = 0

  constructor(options: DeployedOptions) {
    const { clock, random, checksAtOnce: atOnce } = options
    this.#options = options
    this.#schedule = new Schedule((plan, signal) => this.#run(plan, signal), { clock, random, atOnce })
  }

  /** Replaces the plans. A set keeps its results unless its files are others. */
  async load(given: readonly DeployedPlan[]): Promise<void> {
    const plans = given.map((plan) => withInputOf(this.#plans, plan))
    const inputs = new Set(plans.map(({ input }) => input))
    const dropped = this.#plans.filter(({ input }) => !inputs.has(input))
    this.#plans = plans
    const wanted = new Set(plans.map(({ registry }) => registry))
    for (const name of this.#records.keys()) if (!wanted.has(name)) this.#records.delete(name)
    for (const { registry: name, target } of plans) {
      this.#counters.add(name)
      const record = this.#records.get(name) ?? this.#options.store.read(name)
      this.#records.set(name, record?.by?.target === target ? record : NO_RECORD)
    }
    await this.#updateMetrics()
    this.#schedule.set(plans, (plan) => {
      const { runs, by } = this.#recordOf(plan)
      const [last] = runs
      return last === undefined || by === undefined || !isSamePlan(plan, by) ? undefined : new Date(last.startedAt)
    })
    for (const { input } of dropped) input?.stop()
  }

  /** The sets and their results, in the order of the configuration. */
  statuses(): readonly DeployedStatus[] {
    return this.#plans.map((plan) => ({
      plan,
      record: this.#recordOf(plan),
      isRunning: this.#schedule.isRunning(plan),
      nextRun: this.#schedule.nextRun(plan),
    }))
  }

  /** The text format of Prometheus; empty without any set. */
  async metrics(): Promise<string> {
    const sets = this.statuses().map(({ plan, isRunning, nextRun }) => ({
      name: plan.registry,
      isRunning,
      next: nextRun,
      cluster: plan.input?.health(),
    }))
    return `${this.#results}${await this.#counters.text(sets)}`
  }

  /** Stops all checks. Resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#schedule.stop()
    for (const { input } of this.#plans) input?.stop()
    await Promise.all(this.#running)
  }

  #run(plan: DeployedPlan, signal: AbortSignal): Promise<void> {
    const done = this.#check(plan, signal).finally(() => {
      this.#running.delete(done)
    })
    this.#running.add(done)
    return done
  }

  async #check(plan: DeployedPlan, signal: AbortSignal): Promise<void> {
    const { check, clock, log, store } = this.#options
    const { registry: references, target } = plan
    log('info', 'scan.started', { references, target })
    const recorder = new DeployedRecorder(plan, this.#recordOf(plan), clock.now())
    const listener = {
      onEvent: (event: Parameters<DeployedRecorder['take']>[0]) => {
        recorder.take(event)
      },
      onRequests: (counts: Parameters<DeployedCounters['countRequests']>[1]) => {
        this.#counters.countRequests(references, counts)
      },
      onStderr: (line: string) => {
        log('warn', 'scan.said', { references, line })
      },
    }
    const problem = await check(plan, listener, signal).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    )
    if (signal.aborted) {
      log('info', 'scan.stopped', { references })
      return
    }
    const { record, failure } = recorder.end(clock.now(), problem)
    this.#records.set(references, record)
    this.#counters.countRun(references, failure)
    await this.#updateMetrics()
    store.write(references, record)
    log(failure === undefined ? 'info' : 'warn', 'scan.finished', { references, failure, ...record.runs[0] })
  }

  #recordOf({ registry }: DeployedPlan): DeployedRecord {
    return this.#records.get(registry) ?? NO_RECORD
  }

  async #updateMetrics(): Promise<void> {
    const samples = this.#plans.flatMap((plan) => {
      const { run, findings, result } = this.#recordOf(plan).samples
      return [...run, ...findings, ...result, ...plannedSamples(plan.registry, plan.interval / 1000, plan.links)]
    })
    const update = ++this.#updates
    const results = await exposition(samples)
    // Two runs may end at the same time: the later update has the results of both.
    if (update === this.#updates) this.#results = results
  }
}

/** A cluster that is followed already stays so while its settings are the same. */
function withInputOf(before: readonly DeployedPlan[], plan: DeployedPlan): DeployedPlan {
  const same = before.find((other) => planKey(other) === planKey(plan) && isSamePlan(other, plan))
  return same?.input === undefined ? plan : { ...plan, input: same.input }
}
