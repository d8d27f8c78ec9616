import { checkCommand } from '../../check/repair/commands.ts'
import type { PlannedStep, RepairPlan } from '../../check/repair/plan.ts'
import type { CheckStep } from '../../check/repair/step.ts'
import { titleOf } from './step-title.ts'

/** A numbered step of the script: a step of the plan, or many checks in one command. */
export interface ScriptPart extends PlannedStep {
  /** Contains text from the registry: escape before printing. */
  readonly title: string
}

/** Images in one `regfsck check` command. */
const MOST_CHECKS = 50

/** The steps in the order of the plan. Checks come last. */
export function partsOf(plan: RepairPlan): readonly ScriptPart[] {
  const others = plan.steps.filter(({ step }) => step.does !== 'check')
  return [
    ...others.map((planned) => ({ ...planned, title: titleOf(planned.step) })),
    ...checksOf(plan).map((checks) => {
      const [step] = checks
      const title = checks.length === 1 ? titleOf(step) : `Check ${checks.length} images`
      return { step, command: checkCommand(checks, plan.place), repairs: [], title }
    }),
  ]
}

/** The checks, split into one group for each command. */
export function checksOf({ steps }: RepairPlan): readonly (readonly [CheckStep, ...CheckStep[]])[] {
  const checks = steps.flatMap(({ step }) => (step.does === 'check' ? [step] : []))
  const chunks: [CheckStep, ...CheckStep[]][] = []
  for (let from = 0; from < checks.length; from += MOST_CHECKS) {
    const [first, ...rest] = checks.slice(from, from + MOST_CHECKS)
    if (first) chunks.push([first, ...rest])
  }
  return chunks
}
