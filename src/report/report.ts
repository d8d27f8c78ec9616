import type { ScanEvent } from '../check/events.ts'
import type { RunCounts } from '../check/judge/run-verdict.ts'

/** Reads the stream of events of one run and writes it somewhere, piece by piece. */
export interface Report {
  /** @param event of the target named by the last `target` event */
  take(event: ScanEvent): void
  /** The run is over. */
  end(run: RunFacts): void | Promise<void>
}

/** What is known of a run only when it is over. */
export interface RunFacts {
  readonly version: string
  readonly startedAt: Date
  readonly finishedAt: Date
  /** What the verdict is made of, of all targets together. */
  readonly counts: RunCounts
  /** The run's metrics in the text format of Prometheus; empty where nobody wants them. */
  readonly exposition: string
}

/** Takes text as it becomes final. */
export type Write = (text: string) => void
