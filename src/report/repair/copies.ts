import { isWholeCommand } from '../../check/repair/commands.ts'
import type { RepairPlan } from '../../check/repair/plan.ts'
import { quote } from '../../check/repair/shell.ts'
import type { CopyStep, RepairStep } from '../../check/repair/step.ts'
import { imageName } from '../../oci/image-name.ts'

/** What the script does about copies that fail: SOURCE may lack an image that other steps repair. */
export interface CopyFailures {
  /** For the head: `not_copied STEP IMAGE` notes a copy that failed. */
  readonly functions: readonly string[]
  /** Lines after the last copy: where an image is whole by then, its copy has not failed. */
  readonly asked: readonly string[]
}

/** @returns `undefined` where nothing has to be copied */
export function copyFailuresOf({ steps, place }: RepairPlan): CopyFailures | undefined {
  if (!steps.some(({ step }) => isRequired(step))) return undefined
  const isWhole = isWholeCommand(place, `\${each#*=}`)
  return {
    functions: [
      "not_copied=''",
      `not_copied() { not_copied="$not_copied $1=$2"; echo "Step $1 failed. Another step may repair its image: the script looks again after the last copy." >&2; }`,
    ],
    asked: [
      '',
      '# A failed copy does not count if its image is intact by now.',
      'for each in $not_copied; do',
      `  ${isWhole} || failed "\${each%%=*}"`,
      'done',
    ],
  }
}

/** The call that notes that a copy failed. */
export function notCopied({ repository, tag, digest }: CopyStep, n: number): string {
  return `not_copied ${n} ${quote(imageName(repository, tag ?? digest ?? ''))}`
}

function isRequired(step: RepairStep): boolean {
  return step.does === 'copy' && step.isOptional !== true
}
