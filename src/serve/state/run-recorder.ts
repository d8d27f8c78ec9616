import type { ReportedFinding, ScanEvent, TargetInfo } from '../../check/events.ts'
import { isConfirmedError, RunCounter, verdictOf } from '../../check/judge/run-verdict.ts'
import { TargetTally } from '../../metrics/facts.ts'
import { identityOf } from '../../metrics/metrics.ts'
import type { TargetSamples } from '../../metrics/samples.ts'
import type { RunFailure } from '../../metrics/serve-families.ts'
import { samplesOf } from '../../metrics/target-samples.ts'
import { type ReportTarget, reportTargetOf } from '../../report/json/document.ts'
import { TargetCollector } from '../../report/records/target-records.ts'
import { History } from '../../state/history.ts'
import type { Plan } from '../schedule/plan.ts'
import { type BuildInfo, MOST_RUNS, type RegistryState, type StoredReport, type StoredRun } from './registry-state.ts'

/** Errors, other findings, tags and unchecked objects, each, in a stored report. The metrics count all. */
const MOST_RECORDS = 10_000

/** Takes the events of one run and makes the new state of its plan. */
export class RunRecorder {
  readonly #plan: Plan
  readonly #previous: RegistryState
  readonly #startedAt: Date
  readonly #history: History
  #collector: TargetCollector
  #tally: TargetTally
  readonly #counts = new RunCounter()
  #unchecked = 0
  readonly #found = new Set<string>()
  /** Findings of the stored report, by id. */
  #stored: ReadonlyMap<string, ReportedFinding> | undefined
  #hasEnded = false

  constructor(plan: Plan, previous: RegistryState, startedAt: Date) {
    const { registry, target, kind, depth, profile, garbage } = plan
    const info: TargetInfo = {
      registry,
      target,
      depth,
      kind,
      pullThrough: false,
    }
    this.#plan = plan
    this.#previous = previous
    this.#startedAt = startedAt
    this.#tally = new TargetTally(info)
    this.#collector = new TargetCollector(info, MOST_RECORDS)
    this.#history = new History(previous.memories, {
      profile,
      now: startedAt.toISOString(),
      garbage,
      looksAt: (_, repository) => plan.looksAt(repository),
    })
  }

  take(event: ScanEvent): void {
    for (const enriched of this.#history.take(event)) this.#record(enriched)
  }

  #record(event: ScanEvent): void {
    if (event.type === 'target') {
      this.#tally = new TargetTally(event.info)
      this.#collector = new TargetCollector(event.info, MOST_RECORDS)
    }
    this.#counts.take(event)
    if (event.type === 'unchecked') this.#unchecked++
    if (event.type === 'summary' || event.type === 'unreadable') this.#hasEnded = true
    if (event.type === 'finding') this.#found.add(event.finding.id)
    this.#tally.take(event)
    this.#collect(event)
  }

  /** An incomplete run keeps the stored findings that it could not check again. */
  #collect(event: ScanEvent): void {
    if (event.type !== 'still-known') this.#collector.take(event)
    else if (!this.#found.has(event.finding.id)) {
      this.#stored ??= new Map(this.#previous.shown?.target.findings.map((finding) => [finding.id, finding]))
      const finding = this.#stored.get(event.finding.id)
      this.#collector.take(finding === undefined ? event : { type: 'finding', finding })
    }
  }

  /**
   * A complete run replaces the whole state. An incomplete run that found errors replaces the findings, and keeps those of
   * earlier runs that it could not check again. Any other run only adds itself to the history.
   *
   * @param problem why the scan crashed, if it did
   */
  end(finishedAt: Date, build: BuildInfo, problem: string | undefined): RunOutcome {
    if (!this.#hasEnded) this.#record({ type: 'unreadable', reason: problem ?? 'the scan reported nothing' })
    const tally = this.#tally
    const previous = this.#previous
    const samples = this.#samples(finishedAt, build)
    const replaces = tally.isComplete || (tally.summary !== undefined && tally.foundErrors)
    const report: StoredReport = {
      target: reportTargetOf(this.#collector),
      startedAt: this.#startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
    }
    const state: RegistryState = {
      runs: [this.#storedRun(finishedAt, problem), ...previous.runs].slice(0, MOST_RUNS),
      lastComplete: tally.isComplete ? report.finishedAt : previous.lastComplete,
      shown: replaces || previous.shown === undefined || provesNothing(previous.shown.target) ? report : previous.shown,
      samples: {
        run: samples.of('run'),
        findings: replaces ? samples.of('findings') : previous.samples.findings,
        result: tally.isComplete ? samples.of('result') : previous.samples.result,
      },
      memories: this.#history.memories.length > 0 ? this.#history.memories : previous.memories,
      by: { target: this.#plan.target, interval: this.#plan.interval, arguments: this.#plan.arguments },
    }
    return { state, failure: this.#failure(problem) }
  }

  #samples(finishedAt: Date, { version, nodeVersion }: BuildInfo): TargetSamples {
    const { registry, profile, interval, worst, legacyMetrics: legacy, repositoriesAreNamed } = this.#plan
    const options = { profile, interval: interval / 1000, worst, legacy, repositoriesAreNamed, nodeVersion }
    const run = { version, startedAt: this.#startedAt, finishedAt }
    return samplesOf(this.#tally, identityOf(registry, options), options, run)
  }

  #storedRun(finishedAt: Date, problem: string | undefined): StoredRun {
    const { summary, ending } = this.#tally
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
    if (this.#tally.summary === undefined) return 'unreadable'
    return this.#tally.isComplete ? undefined : 'incomplete'
  }
}

/** What a run leaves behind. */
export interface RunOutcome {
  readonly state: RegistryState
  readonly failure: RunFailure | undefined
}

/** Whether a report is of an incomplete run without errors: it proves nothing. */
function provesNothing(target: ReportTarget): boolean {
  return !target.complete && !target.findings.some(isConfirmedError)
}
