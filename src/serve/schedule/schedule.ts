import { CAPABILITIES } from '../../check/capabilities.ts'
import type { Clock } from './clock.ts'
import { isSamePlan, type Plan, planKey } from './plan.ts'

/** What a schedule must know of a plan. */
export type Scheduled = Pick<Plan, 'registry' | 'profile' | 'target' | 'kind' | 'interval' | 'arguments'>

/** Runs one scan. Never rejects. */
export type StartScan<P extends Scheduled = Plan> = (plan: P, signal: AbortSignal) => Promise<void>

/** How scans are scheduled. */
export interface ScheduleOptions {
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** The largest number of scans at one time. */
  readonly atOnce: number
}

/** Share of the interval by which a start is shifted, so that scans that started together drift apart. */
const JITTER = 0.1
/** Milliseconds within which a new plan starts. */
const SOON = 5000
/** Milliseconds. Timers of Node cannot wait longer than 24 days. */
const LONGEST_WAIT = 3600 * 1000

/**
 * Decides when each plan's scan starts. A registry is never scanned twice at the same time. Only one scan at a time reads a
 * storage directory, since it uses all processors. A scan that is due and cannot start waits; the one that is overdue the
 * longest starts first. Scans that were missed meanwhile are skipped.
 */
export class Schedule<P extends Scheduled = Plan> {
  readonly #start: StartScan<P>
  readonly #options: ScheduleOptions
  readonly #entries = new Map<string, ScheduleEntry<P>>()
  /** Running scans, also those of removed plans. */
  readonly #running = new Set<ScheduleEntry<P>>()
  #wake: (() => void) | undefined
  #stopped = false

  constructor(start: StartScan<P>, options: ScheduleOptions) {
    this.#start = start
    this.#options = options
  }

  /**
   * Sets the plans. An unchanged plan keeps its schedule; a running scan of any other is stopped.
   *
   * @param lastStart when the last scan of a plan started, if an earlier process has stored it
   */
  set(plans: readonly P[], lastStart: (plan: P) => Date | undefined = () => undefined): void {
    const wanted = new Map(plans.map((plan) => [planKey(plan), plan]))
    for (const [key, entry] of this.#entries) {
      const plan = wanted.get(key)
      if (plan !== undefined && isSamePlan(plan, entry.plan)) {
        wanted.delete(key)
        continue
      }
      this.#entries.delete(key)
      entry.controller.abort(new Error('its settings have changed'))
    }
    for (const [key, plan] of wanted)
      this.#entries.set(key, { plan, due: this.#firstDue(plan, lastStart(plan)), controller: new AbortController() })
    this.#tick()
  }

  /** When the next scan of a plan starts, unless it has to wait. `undefined` while one is running. */
  nextRun(plan: P): Date | undefined {
    const entry = this.#entries.get(planKey(plan))
    if (entry === undefined || this.#running.has(entry)) return undefined
    const { clock } = this.#options
    return new Date(clock.now().getTime() + Math.max(0, entry.due - clock.elapsed()))
  }

  isRunning(plan: P): boolean {
    const entry = this.#entries.get(planKey(plan))
    return entry !== undefined && this.#running.has(entry)
  }

  /** Starts no more scans, and stops the running ones. */
  stop(): void {
    this.#stopped = true
    this.#wake?.()
    for (const { controller } of this.#running) controller.abort(new Error('regfsck is stopping'))
  }

  #firstDue(plan: P, lastStart: Date | undefined): number {
    const { clock, random } = this.#options
    const soon = clock.elapsed() + random() * Math.min(SOON, plan.interval * JITTER)
    if (lastStart === undefined) return soon
    const rest = lastStart.getTime() + plan.interval - clock.now().getTime()
    return rest > 0 && rest <= plan.interval ? Math.max(soon, clock.elapsed() + rest) : soon
  }

  #tick(): void {
    this.#wake?.()
    if (this.#stopped) return
    const now = this.#options.clock.elapsed()
    const idle = [...this.#entries.values()].filter((entry) => !this.#running.has(entry))
    const due = idle.filter((entry) => entry.due <= now).sort((a, b) => a.due - b.due)
    for (const entry of due) if (this.#mayStart(entry.plan)) this.#startScan(entry)
    const next = Math.min(...idle.map((entry) => entry.due).filter((time) => time > now))
    const wait = Math.min(next - now, LONGEST_WAIT)
    this.#wake = this.#options.clock.after(wait, () => {
      this.#tick()
    })
  }

  #mayStart(plan: P): boolean {
    const running = [...this.#running].map((entry) => entry.plan)
    return (
      running.length < this.#options.atOnce &&
      running.every(
        (other) => other.registry !== plan.registry && !(usesAllProcessors(other) && usesAllProcessors(plan)),
      )
    )
  }

  #startScan(entry: ScheduleEntry<P>): void {
    const { clock, random } = this.#options
    const startedAt = clock.elapsed()
    this.#running.add(entry)
    void this.#start(entry.plan, entry.controller.signal).then(() => {
      this.#running.delete(entry)
      const { interval } = entry.plan
      const next = startedAt + interval * (1 - JITTER / 2 + JITTER * random())
      const missed = Math.max(0, Math.ceil((clock.elapsed() - next) / interval))
      entry.due = next + missed * interval
      this.#tick()
    })
  }
}

interface ScheduleEntry<P> {
  readonly plan: P
  readonly controller: AbortController
  /** Milliseconds of the monotonic clock. */
  due: number
}

function usesAllProcessors({ kind }: Scheduled): boolean {
  return CAPABILITIES[kind].usesAllProcessors
}
