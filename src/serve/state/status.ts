import type { Plan } from '../schedule/plan.ts'
import type { RegistryState } from './registry-state.ts'

/** A plan, its results, and when it runs next. */
export interface PlanStatus {
  readonly plan: Plan
  readonly state: RegistryState
  readonly isRunning: boolean
  readonly nextRun: Date | undefined
}
