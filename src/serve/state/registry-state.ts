import type { Sample } from '../../metrics/samples.ts'
import type { PastRun } from '../../report/html/overview/view.ts'
import type { ReportTarget } from '../../report/json/document.ts'
import type { RememberedRun } from '../../state/memory.ts'
import type { PlanSettings } from '../schedule/plan.ts'

/** Past runs that are kept. */
export const MOST_RUNS = 50

/** The results of one plan, as the state store writes them: the names of the fields are part of the file. */
export interface RegistryState {
  /** Newest first. */
  readonly runs: readonly StoredRun[]
  /** End of the last complete run, ISO 8601. */
  readonly lastComplete: string | undefined
  /** The report of the last complete run, or of a later one that found errors. */
  readonly shown: StoredReport | undefined
  /** Metrics by group of families. */
  readonly samples: Readonly<Record<'run' | 'findings' | 'result', readonly Sample[]>>
  /** Findings that the next run is compared with. */
  readonly memories: readonly RememberedRun[]
  /** The settings of the last run; `undefined`: there was none. */
  readonly by: PlanSettings | undefined
}

/** A report, and the run that it comes from. */
export interface StoredReport {
  readonly target: ReportTarget
  readonly startedAt: string
  readonly finishedAt: string
}

/** A past run, with its times in ISO 8601. */
export type StoredRun = Omit<PastRun, 'startedAt' | 'finishedAt'> & {
  readonly startedAt: string
  readonly finishedAt: string
}

/** The state of a plan that has not run yet. */
export const EMPTY_STATE: RegistryState = {
  runs: [],
  lastComplete: undefined,
  shown: undefined,
  samples: { run: [], findings: [], result: [] },
  memories: [],
  by: undefined,
}

/** The versions that ran, for the metrics. */
export interface BuildInfo {
  readonly version: string
  readonly nodeVersion: string
}
