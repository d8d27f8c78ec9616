import type { Clock } from './clock.ts'
import { isSame, keyOf, type Plan } from './plan.ts'

/** Does one scan. It never rejects. */
export type Start = (plan: Plan, signal: AbortSignal) => Promise<void>

export interface ScheduleOptions {
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Scans at one time, at the most. */
  readonly atOnce: number
}

/** Of an interval: so that many who began together do not go on together. */
const JITTER = 0.1
/** Milliseconds within which a new plan is begun. */
const SOON = 5000
/** Milliseconds. Timers of Node cannot wait for more than 24 days. */
const LONGEST_NAP = 3600 * 1000

/**
 * When each plan's scan begins. One registry is never scanned twice at one time; storage is read by one scan at a time,
 * since each takes all processors. What is due and cannot begin waits, the longest first; what was missed meanwhile is
 * left out.
 */
export class Schedule {
  readonly #start: Start
  readonly #options: ScheduleOptions
  readonly #entries = new Map<string, Entry>()
  /** Under way, also of plans that are no longer wanted. */
  readonly #running = new Set<Entry>()
  #wake: (() => void) | undefined
  #stopped = false

  constructor(start: Start, options: ScheduleOptions) {
    this.#start = start
    this.#options = options
  }

  /**
   * The plans of now. A plan that stays as it was keeps its time; a scan of one that does not is stopped.
   *
   * @param begun when a plan's last scan began, where it is known of an earlier process
   */
  set(plans: readonly Plan[], begun: (plan: Plan) => Date | undefined = () => undefined): void {
    const wanted = new Map(plans.map((plan) => [keyOf(plan), plan]))
    for (const [key, entry] of this.#entries) {
      const plan = wanted.get(key)
      if (plan !== undefined && isSame(plan, entry.plan)) {
        wanted.delete(key)
        continue
      }
      this.#entries.delete(key)
      entry.controller.abort(new Error('its settings have changed'))
    }
    for (const [key, plan] of wanted)
      this.#entries.set(key, { plan, due: this.#firstDue(plan, begun(plan)), controller: new AbortController() })
    this.#tick()
  }

  /** When the next scan of a plan begins, unless it has to wait; `undefined` while one is under way. */
  nextRun(plan: Plan): Date | undefined {
    const entry = this.#entries.get(keyOf(plan))
    if (entry === undefined || this.#running.has(entry)) return undefined
    const { clock } = this.#options
    return new Date(clock.now().getTime() + Math.max(0, entry.due - clock.elapsed()))
  }

  isRunning(plan: Plan): boolean {
    const entry = this.#entries.get(keyOf(plan))
    return entry !== undefined && this.#running.has(entry)
  }

  /** Begins nothing more, and stops what is under way. */
  stop(): void {
    this.#stopped = true
    this.#wake?.()
    for (const { controller } of this.#running) controller.abort(new Error('regfsck is stopping'))
  }

  #firstDue(plan: Plan, begun: Date | undefined): number {
    const { clock, random } = this.#options
    const soon = clock.elapsed() + random() * Math.min(SOON, plan.interval * JITTER)
    if (begun === undefined) return soon
    const rest = begun.getTime() + plan.interval - clock.now().getTime()
    return rest > 0 && rest <= plan.interval ? Math.max(soon, clock.elapsed() + rest) : soon
  }

  #tick(): void {
    this.#wake?.()
    if (this.#stopped) return
    const now = this.#options.clock.elapsed()
    const idle = [...this.#entries.values()].filter((entry) => !this.#running.has(entry))
    const due = idle.filter((entry) => entry.due <= now).sort((a, b) => a.due - b.due)
    for (const entry of due) if (this.#mayBegin(entry.plan)) this.#begin(entry)
    const next = Math.min(...idle.map((entry) => entry.due).filter((time) => time > now))
    const nap = Math.min(next - now, LONGEST_NAP)
    this.#wake = this.#options.clock.after(nap, () => {
      this.#tick()
    })
  }

  #mayBegin(plan: Plan): boolean {
    const running = [...this.#running].map((entry) => entry.plan)
    return (
      running.length < this.#options.atOnce &&
      running.every((other) => other.registry !== plan.registry && !(other.readsStorage && plan.readsStorage))
    )
  }

  #begin(entry: Entry): void {
    const { clock, random } = this.#options
    const begun = clock.elapsed()
    this.#running.add(entry)
    void this.#start(entry.plan, entry.controller.signal).then(() => {
      this.#running.delete(entry)
      const { interval } = entry.plan
      const next = begun + interval * (1 - JITTER / 2 + JITTER * random())
      const missed = Math.max(0, Math.ceil((clock.elapsed() - next) / interval))
      entry.due = next + missed * interval
      this.#tick()
    })
  }
}

interface Entry {
  readonly plan: Plan
  readonly controller: AbortController
  /** By the clock that only grows. */
  due: number
}
