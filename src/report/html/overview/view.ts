import type { ReportTarget } from '../../json/document.ts'

/** What a page tells of one way of looking at one registry. */
export interface RegistryView {
  /** What is shown: of the last complete run, or of a later one that found errors. `undefined`: never looked at. */
  readonly report: ReportTarget | undefined
  readonly registry: string
  readonly target: string
  /** Empty where there is only one way. */
  readonly profile: string
  readonly verdict: 'damaged' | 'incomplete' | 'clean' | 'unknown'
  /** End of the run that `report` is of. */
  readonly asOf: Date | undefined
  /** Only where scans are repeated. */
  readonly freshness?: Freshness
  /** Newest first. */
  readonly history: readonly PastRun[]
}

/** A configuration file that is not in force because it is not valid. */
export interface RejectedConfig {
  readonly at: Date
  /** As sentences. */
  readonly problems: readonly string[]
}

export interface Freshness {
  /** Seconds. */
  readonly interval: number
  readonly lastCompleteAt: Date | undefined
  readonly nextRunAt: Date | undefined
  readonly isRunning: boolean
  /** Nothing complete for so long that an alert would fire. */
  readonly isStale: boolean
}

export interface PastRun {
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly verdict: 'damaged' | 'incomplete' | 'clean'
  readonly errors: number
  readonly warnings: number
  readonly unpullable: number
  readonly degraded: number
  readonly unchecked: number
  /** Why it was not complete, where one thing is to blame. */
  readonly problem?: string
}
