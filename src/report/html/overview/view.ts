import type { ReportTarget } from '../../json/document.ts'

/** What a page shows of one registry, or of one profile of it. */
export interface RegistryView {
  /** From the last complete run, or from a later one that found errors. `undefined`: not scanned yet. */
  readonly report: ReportTarget | undefined
  readonly registry: string
  readonly target: string
  /** Empty if the registry has only one. */
  readonly profile: string
  readonly verdict: 'damaged' | 'incomplete' | 'clean' | 'unknown'
  /** End of the run that `report` comes from. */
  readonly asOf: Date | undefined
  /** Only under `serve`. */
  readonly freshness?: Freshness
  /** Newest first. */
  readonly history: readonly PastRun[]
}

/** A configuration file that was rejected because it is not valid. */
export interface RejectedConfig {
  readonly at: Date
  /** As sentences. */
  readonly problems: readonly string[]
}

/** When a registry was scanned, and when it will be. */
export interface Freshness {
  /** Seconds. */
  readonly interval: number
  readonly lastCompleteAt: Date | undefined
  readonly nextRunAt: Date | undefined
  readonly isRunning: boolean
  /** The last complete run is so old that an alert fires. */
  readonly isStale: boolean
}

/** A run in the history. */
export interface PastRun {
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly verdict: 'damaged' | 'incomplete' | 'clean'
  readonly errors: number
  readonly warnings: number
  readonly unpullable: number
  readonly degraded: number
  readonly unchecked: number
  /** Why it was not complete, if there is one reason. */
  readonly problem?: string
}
