import { isWholeCommand } from '../../check/repair/commands.ts'
import type { RepairPlan } from '../../check/repair/plan.ts'
import { quote } from '../../check/repair/shell.ts'
import type { CopyStep, RepairStep } from '../../check/repair/step.ts'
import { imageName } from '../../oci/image-name.ts'

/** Handling of failed copies: SOURCE may lack an image that another step repairs. */
export interface CopyFailures {
  /** Shell functions; `not_copied STEP IMAGE` records a failed copy. */
  readonly functions: readonly string[]
  /** Lines after the last copy: a failed copy does not count if its image is intact by then. */
  readonly recheck: readonly string[]
}

/** @returns `undefined` if the plan has no required copy */
export function copyFailuresOf({ steps, place }: RepairPlan): CopyFailures | undefined {
  if (!steps.some(({ step }) => isRequired(step))) return undefined
  const isIntact = isWholeCommand(place, `\${each#*=}`)
  return {
    functions: [
      "not_copied=''",
      `not_copied() { not_copied="$not_copied $1=$2"; echo "Step $1 failed. Another step may repair its image: the script checks it again after the last copy." >&2; }`,
    ],
    recheck: [
      '',
      '# A failed copy does not count if its image is intact by now.',
      'for each in $not_copied; do',
      `  ${isIntact} || failed "\${each%%=*}"`,
      'done',
    ],
  }
}

/** The call that records a failed copy. */
export function notCopied({ repository, tag, digest }: CopyStep, n: number): string {
  return `not_copied ${n} ${quote(imageName(repository, tag ?? digest ?? ''))}`
}

function isRequired(step: RepairStep): boolean {
  return step.does === 'copy' && step.isOptional !== true
}
