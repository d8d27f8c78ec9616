import type { Sample } from '../../metrics/samples.ts'
import type { DeployedImage, UnknownPlace } from '../../report/html/deployed/deployed-view.ts'
import type { PlanSettings } from '../schedule/plan.ts'
import type { StoredRun } from '../state/registry-state.ts'

/** What is known of one set of references, as its state file has it: the names of the fields are part of the file. */
export interface DeployedRecord {
  /** Newest first. */
  readonly runs: readonly StoredRun[]
  /** End of the last complete run, ISO 8601. */
  readonly lastComplete: string | undefined
  readonly images: readonly DeployedImage[]
  readonly unknown: readonly UnknownPlace[]
  readonly isComplete: boolean
  /** End of the last run that checked anything, ISO 8601. */
  readonly asOf: string | undefined
  readonly samples: Readonly<Record<'run' | 'findings' | 'result', readonly Sample[]>>
  /** The settings of the last run; `undefined`: there was none. */
  readonly by: PlanSettings | undefined
}

/** The record of a set that was not checked yet. */
export const NO_RECORD: DeployedRecord = {
  runs: [],
  lastComplete: undefined,
  images: [],
  unknown: [],
  isComplete: false,
  asOf: undefined,
  samples: { run: [], findings: [], result: [] },
  by: undefined,
}
