import { exposition } from '../metrics/exposition.ts'
import type { Sample } from '../metrics/samples.ts'
import { standingOf } from '../report/html/overview/status.ts'
import type { RefusedConfig } from '../report/html/overview/view.ts'
import { linksOf } from './http/own-links.ts'
import { viewOf } from './http/views.ts'
import type { Log } from './log.ts'
import { OwnMetrics } from './own-metrics.ts'
import type { Clock } from './schedule/clock.ts'
import { isSame, keyOf, type Plan } from './schedule/plan.ts'
import type { Scan } from './schedule/scan-process.ts'
import { Schedule } from './schedule/schedule.ts'
import { type Known, type Maker, NOTHING_KNOWN, Run } from './state/registry-state.ts'
import type { Keeping } from './state/state-store.ts'
import type { Standing } from './state/status.ts'

export interface ServiceOptions {
  readonly scan: Scan
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly scansAtOnce: number
  readonly keeping: Keeping
  readonly log: Log
  readonly maker: Maker
}

/** Milliseconds for which an answer to a scrape is good for others. */
const FRESH = 250

/** Scans by plan, and knows what was found. */
export class Service {
  readonly #options: ServiceOptions
  readonly #schedule: Schedule
  readonly #own = new OwnMetrics()
  readonly #known = new Map<string, Known>()
  readonly #underWay = new Set<Promise<void>>()
  #plans: readonly Plan[] = []
  /** Made anew after each run, so that a scrape costs the same however large a registry is. */
  #results = ''
  #version = 0
  #isReady = false
  #refused: RefusedConfig | undefined
  /** The last answer to a scrape, for the next ones. Forgotten when anything but a count changes. */
  #scrape: { readonly at: number; readonly text: Promise<string> } | undefined

  constructor(options: ServiceOptions) {
    const { clock, random, scansAtOnce: atOnce } = options
    this.#options = options
    this.#schedule = new Schedule((plan, signal) => this.#run(plan, signal), { clock, random, atOnce })
  }

  /**
   * Goes on by these plans. What is known by a plan that is among them stays known, but for that of another target of the
   * same name; one that says other things than before begins soon.
   */
  async follow(plans: readonly Plan[]): Promise<void> {
    const { keeping, clock } = this.#options
    this.#plans = plans
    const wanted = new Set(plans.map(keyOf))
    for (const key of this.#known.keys()) if (!wanted.has(key)) this.#known.delete(key)
    for (const plan of plans) {
      this.#own.begin(plan)
      const key = keyOf(plan)
      const known = this.#known.get(key) ?? keeping.read(plan)
      this.#known.set(key, known?.by?.target === plan.target ? known : NOTHING_KNOWN)
    }
    this.#own.reloaded(clock.now())
    this.#refused = undefined
    await this.#renew()
    this.#schedule.set(plans, (plan) => {
      const { runs, by } = this.#knownBy(plan)
      const [last] = runs
      return last === undefined || by === undefined || !isSame(plan, by) ? undefined : new Date(last.startedAt)
    })
    this.#isReady = true
  }

  /** Whether a configuration is in force. */
  get isReady(): boolean {
    return this.#isReady
  }

  /**
   * A new configuration was not sound: the old one stays in force.
   * @param problems as sentences
   */
  refused(problems: readonly string[]): void {
    this.#scrape = undefined
    this.#own.reloaded(undefined)
    this.#refused = { at: this.#options.clock.now(), problems }
  }

  /** The last configuration, where it was not sound. */
  get refusedConfig(): RefusedConfig | undefined {
    return this.#refused
  }

  /** Grows with all that could change a page. */
  get version(): number {
    return this.#version
  }

  standings(): readonly Standing[] {
    return this.#plans.map((plan) => this.#standingOf(plan))
  }

  #standingOf(plan: Plan): Standing {
    return {
      plan,
      known: this.#knownBy(plan),
      isRunning: this.#schedule.isRunning(plan),
      nextRun: this.#schedule.nextRun(plan),
    }
  }

  /** The text format of Prometheus. Whoever asks at nearly the same moment gets the same. */
  metrics(): Promise<string> {
    const now = this.#options.clock.elapsed()
    if (this.#scrape === undefined || now - this.#scrape.at > FRESH) this.#scrape = { at: now, text: this.#text() }
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

  /** @returns when what was under way has ended */
  async stop(): Promise<void> {
    this.#schedule.stop()
    await Promise.all(this.#underWay)
  }

  #run(plan: Plan, signal: AbortSignal): Promise<void> {
    const done = this.#scan(plan, signal).finally(() => {
      this.#underWay.delete(done)
    })
    this.#underWay.add(done)
    return done
  }

  async #scan(plan: Plan, signal: AbortSignal): Promise<void> {
    const { scan, clock, log, maker, keeping } = this.#options
    const { registry, profile } = plan
    log('info', 'scan.started', { registry, profile, target: plan.target, depth: plan.depth })
    this.#scrape = undefined
    const run = new Run(plan, this.#knownBy(plan), clock.now())
    const problem = await scan(
      plan,
      {
        event: (event) => {
          run.take(event)
        },
        traffic: (piece) => {
          this.#own.asked(plan, piece)
        },
        said: (line) => {
          log('warn', 'scan.said', { registry, profile, line })
        },
      },
      signal,
    ).catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
    if (signal.aborted) {
      // It was stopped for our sake: that says nothing about the registry.
      log('info', 'scan.stopped', { registry, profile })
      return
    }
    const { known, failure } = run.end(clock.now(), maker, problem)
    this.#known.set(keyOf(plan), known)
    this.#own.ran(plan, failure)
    await this.#renew()
    keeping.write(plan, known)
    const { state } = standingOf(viewOf(this.#standingOf(plan), clock.now()), clock.now())
    const level = failure === undefined ? 'info' : 'warn'
    log(level, 'scan.finished', { registry, profile, state, failure, ...known.runs[0] })
  }

  #knownBy(plan: Plan): Known {
    return this.#known.get(keyOf(plan)) ?? NOTHING_KNOWN
  }

  async #renew(): Promise<void> {
    const samples: Sample[] = this.#plans.flatMap((plan) => {
      const { run, findings, result } = this.#knownBy(plan).samples
      return [...run, ...findings, ...result, ...linksOf(plan)]
    })
    const version = ++this.#version
    const results = await exposition(samples)
    // Two runs may end at one time: the later one knows of both.
    if (version === this.#version) this.#results = results
    this.#scrape = undefined
  }
}
