import type { ReportedFinding } from '../../check/events.ts'
import type { CollectionVerdict, Preview } from '../../gc/preview/preview.ts'

/** Turns the previews of one run into text. */
export interface PreviewReport {
  take(target: PreviewedTarget): void
  /** The run is over. */
  end(run: PreviewRun): void | Promise<void>
}

/** A target, and what garbage collection would do to it, or why that cannot be known. */
export type PreviewedTarget =
  | {
      readonly is: 'previewed'
      readonly preview: Preview
      /** What would stop a collection, and what would break. */
      readonly findings: readonly ReportedFinding[]
    }
  | { readonly is: 'unreadable'; readonly target: string; readonly registry: string; readonly reason: string }

/** Facts about a run that are known at its end. */
export interface PreviewRun {
  readonly version: string
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly verdict: CollectionVerdict
  /** Whether everything was read. */
  readonly complete: boolean
  /** Metrics in the text format of Prometheus; empty if no output needs them. */
  readonly exposition: string
}
