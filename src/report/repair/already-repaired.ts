import { checkCommand } from '../../check/repair/commands.ts'
import type { RepairPlan } from '../../check/repair/plan.ts'
import { quote } from '../../check/repair/shell.ts'
import { checksOf } from './parts.ts'

/** Makes a second run of the script skip the restart if nothing is left to repair. */
export interface RepeatGuard {
  /** Shell functions; `is_repaired` succeeds if no restart is needed. */
  readonly functions: readonly string[]
  /** The message of a skipped restart. */
  readonly because: string
  /** Lines for the end of a run with failed steps. */
  readonly failed: readonly string[]
  /** Lines for the end of a run without failed steps. */
  readonly succeeded: readonly string[]
}

/**
 * With access to the storage, a note in the quarantine directory records that this script has run without a failure. Over the
 * API the script checks the images.
 *
 * @returns `undefined`: the plan has no restart, or nothing shows whether it is needed
 */
export function repeatGuardOf(plan: RepairPlan, plannedAt: Date): RepeatGuard | undefined {
  if (!plan.steps.some(({ step }) => step.does === 'restart')) return undefined
  return plan.place.quarantine === undefined ? byAsking(plan) : byNote(plan, plannedAt)
}

function byNote({ place }: RepairPlan, plannedAt: Date): RepeatGuard {
  const note = '"$QUARANTINE/REPAIRED.tsv"'
  return {
    functions: [
      '# The note says that this script ran without a failure, and how many files had been moved by then.',
      `[ -n "\${QUARANTINE:-}" ] || QUARANTINE=${quote(place.quarantine ?? '')}`,
      `note() { printf '%s\\t%s\\n' ${plannedAt.toISOString()} "$(grep -c '' "$QUARANTINE/MANIFEST.tsv" 2>/dev/null)"; }`,
      `is_repaired() { [ "$(cat ${note} 2>/dev/null)" = "$(note)" ]; }`,
    ],
    because: 'Not needed: this script has run before, and nothing was moved since.',
    failed: [`rm -f ${note}`],
    succeeded: [
      `{ mkdir -p "$QUARANTINE" && note >${note}; } || echo 'Cannot record the restart: the next run of this script will restart the registry again.' >&2`,
    ],
  }
}

function byAsking(plan: RepairPlan): RepeatGuard | undefined {
  const checks = checksOf(plan)
  if (checks.length === 0) return undefined
  const all = checks.map((steps) => `  ${checkCommand(steps, plan.place)} >/dev/null 2>&1`)
  return {
    functions: ['is_repaired() {', all.join(' &&\n'), '}'],
    because: 'Not needed: every image is intact.',
    failed: [],
    succeeded: [],
  }
}
