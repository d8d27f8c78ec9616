import type { ScanEvent, TargetInfo, ToldFinding } from '../../check/events.ts'
import { isConfirmedError, RunCounter, verdictOf } from '../../check/judge/run-verdict.ts'
import { TargetFacts } from '../../metrics/facts.ts'
import { identityOf } from '../../metrics/metrics.ts'
import type { Sample, Samples } from '../../metrics/samples.ts'
import type { RunFailure } from '../../metrics/serve-families.ts'
import { samplesOf } from '../../metrics/target-samples.ts'
import type { PastRun } from '../../report/html/overview/view.ts'
import { type ReportTarget, reportTargetOf } from '../../report/json/document.ts'
import { TargetCollector } from '../../report/records/target-records.ts'
import { History } from '../../state/history.ts'
import type { Memory } from '../../state/memory.ts'
import type { Plan, PlanWords } from '../schedule/plan.ts'

/** Runs that are told of. */
const RUNS = 50
/** Errors, other findings, tags and unchecked objects, each, that are shown of one registry. The numbers count all. */
const SHOWN = 10_000

/** What is known of a registry by one plan, in a form that can be kept. */
export interface Known {
  /** Newest first. */
  readonly runs: readonly KeptRun[]
  readonly lastComplete: string | undefined
  readonly shown: Shown | undefined
  readonly samples: Readonly<Record<'run' | 'findings' | 'result', readonly Sample[]>>
  readonly memories: readonly Memory[]
  /** The plan that the last run went by; `undefined`: there was none. */
  readonly by: PlanWords | undefined
}

/** What is shown, and of which run it is. */
export interface Shown {
  readonly target: ReportTarget
  readonly startedAt: string
  readonly finishedAt: string
}

export type KeptRun = Omit<PastRun, 'startedAt' | 'finishedAt'> & {
  readonly startedAt: string
  readonly finishedAt: string
}

export const NOTHING_KNOWN: Known = {
  runs: [],
  lastComplete: undefined,
  shown: undefined,
  samples: { run: [], findings: [], result: [] },
  memories: [],
  by: undefined,
}

/** What made the run, for its metrics. */
export interface Maker {
  readonly version: string
  readonly nodeVersion: string
}

/** One scan under way, and what is known when it is over. */
export class Run {
  readonly #plan: Plan
  readonly #past: Known
  readonly #startedAt: Date
  readonly #history: History
  #collector: TargetCollector
  #facts: TargetFacts
  readonly #counts = new RunCounter()
  #unchecked = 0
  readonly #found = new Set<string>()
  /** What is shown so far, by id. */
  #shown: ReadonlyMap<string, ToldFinding> | undefined
  #isTold = false

  constructor(plan: Plan, past: Known, startedAt: Date) {
    const { registry, target, depth, readsStorage, profile, garbage } = plan
    const info: TargetInfo = {
      registry,
      target,
      depth,
      kind: readsStorage ? 'distribution' : 'api',
      pullThrough: false,
    }
    this.#plan = plan
    this.#past = past
    this.#startedAt = startedAt
    this.#facts = new TargetFacts(info)
    this.#collector = new TargetCollector(info, SHOWN)
    this.#history = new History(past.memories, {
      profile,
      now: startedAt.toISOString(),
      garbage,
      looksAt: (_, repository) => plan.looksAt(repository),
    })
  }

  take(event: ScanEvent): void {
    for (const told of this.#history.take(event)) this.#tell(told)
  }

  #tell(event: ScanEvent): void {
    if (event.type === 'target') {
      this.#facts = new TargetFacts(event.info)
      this.#collector = new TargetCollector(event.info, SHOWN)
    }
    this.#counts.take(event)
    if (event.type === 'unchecked') this.#unchecked++
    if (event.type === 'summary' || event.type === 'unreadable') this.#isTold = true
    if (event.type === 'finding') this.#found.add(event.finding.id)
    this.#facts.take(event)
    this.#show(event)
  }

  /** What was shown of an earlier run stands beside what an incomplete one has found. */
  #show(event: ScanEvent): void {
    if (event.type !== 'still-known') this.#collector.take(event)
    else if (!this.#found.has(event.finding.id)) {
      this.#shown ??= new Map(this.#past.shown?.target.findings.map((finding) => [finding.id, finding]))
      const finding = this.#shown.get(event.finding.id)
      this.#collector.take(finding === undefined ? event : { type: 'finding', finding })
    }
  }

  /**
   * A complete run replaces all that was known. Of any other, what is wrong counts where it found something, together
   * with what earlier runs found and it could not look at. Where it found nothing, what was last known stays known.
   *
   * @param problem why it did not come to an end of its own
   */
  end(finishedAt: Date, maker: Maker, problem: string | undefined): Ended {
    if (!this.#isTold) this.#tell({ type: 'unreadable', reason: problem ?? 'the scan reported nothing' })
    const facts = this.#facts
    const past = this.#past
    const samples = this.#samples(finishedAt, maker)
    const replaces = facts.isComplete || (facts.summary !== undefined && facts.foundErrors)
    const shown: Shown = {
      target: reportTargetOf(this.#collector),
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
    }
    const known: Known = {
      runs: [this.#pastRun(finishedAt, problem), ...past.runs].slice(0, RUNS),
      lastComplete: facts.isComplete ? shown.finishedAt : past.lastComplete,
      shown: replaces || past.shown === undefined || saysNothing(past.shown.target) ? shown : past.shown,
      samples: {
        run: samples.of('run'),
        findings: replaces ? samples.of('findings') : past.samples.findings,
        result: facts.isComplete ? samples.of('result') : past.samples.result,
      },
      memories: this.#history.memories.length > 0 ? this.#history.memories : past.memories,
      by: { target: this.#plan.target, interval: this.#plan.interval, arguments: this.#plan.arguments },
    }
    return { known, failure: this.#failure(problem) }
  }

  #samples(finishedAt: Date, { version, nodeVersion }: Maker): Samples {
    const { registry, profile, interval, worst, legacyMetrics: legacy, repositoriesAreNamed } = this.#plan
    const options = { profile, interval: interval / 1000, worst, legacy, repositoriesAreNamed, nodeVersion }
    const run = { version, startedAt: this.#startedAt, finishedAt }
    return samplesOf(this.#facts, identityOf(registry, options), options, run)
  }

  #pastRun(finishedAt: Date, problem: string | undefined): KeptRun {
    const { summary, ending } = this.#facts
    const why = problem ?? (ending?.type === 'unreadable' ? ending.reason : undefined)
    return {
      errors: this.#counts.errors,
      warnings: this.#counts.warnings,
      unchecked: this.#unchecked,
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      verdict: verdictOf(this.#counts),
      unpullable: summary?.totals.tags.unpullable ?? 0,
      degraded: summary?.totals.tags.degraded ?? 0,
      ...(why !== undefined && { problem: why }),
    }
  }

  #failure(problem: string | undefined): RunFailure | undefined {
    if (problem !== undefined) return 'crashed'
    if (this.#facts.summary === undefined) return 'unreadable'
    return this.#facts.isComplete ? undefined : 'incomplete'
  }
}

export interface Ended {
  readonly known: Known
  readonly failure: RunFailure | undefined
}

/** Whether it is of a run that neither saw all nor found anything. */
function saysNothing(target: ReportTarget): boolean {
  return !target.complete && !target.findings.some(isConfirmedError)
}
