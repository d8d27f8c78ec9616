import type { Known } from './knowledge.ts'
import type { Plan } from './plan.ts'

/** A plan and all that is known by it. */
export interface Standing {
  readonly plan: Plan
  readonly known: Known
  readonly isRunning: boolean
  readonly nextRun: Date | undefined
}
