import type { ScanEvent } from '../check/events.ts'
import type { RunCounts } from '../check/judge/run-verdict.ts'

/** Turns the events of one run into text. */
export interface Report {
  /** @param event belongs to the target of the last `target` event */
  take(event: ScanEvent): void
  /** The run is over. */
  end(run: RunFacts): void | Promise<void>
}

/** Facts about a run that are known at its end. */
export interface RunFacts {
  readonly version: string
  readonly startedAt: Date
  readonly finishedAt: Date
  /** Counts of all targets together; the verdict follows from them. */
  readonly counts: RunCounts
  /** Metrics in the text format of Prometheus; empty if no output needs them. */
  readonly exposition: string
}

/** Writes text that is final. */
export type Write = (text: string) => void
