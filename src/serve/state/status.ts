import type { Plan } from '../schedule/plan.ts'
import type { Known } from './registry-state.ts'

/** A plan and all that is known by it. */
export interface Standing {
  readonly plan: Plan
  readonly known: Known
  readonly isRunning: boolean
  readonly nextRun: Date | undefined
}
