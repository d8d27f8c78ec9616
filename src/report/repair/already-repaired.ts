import { checkCommand } from '../../check/repair/commands.ts'
import type { RepairPlan } from '../../check/repair/plan.ts'
import { quote } from '../../check/repair/shell.ts'
import { checksOf } from './parts.ts'

/** What lets the script leave a registry alone that it has repaired: one that runs is not restarted without need. */
export interface RepeatGuard {
  /** For the head: `is_repaired` tells whether there is nothing left to restart for. */
  readonly functions: readonly string[]
  /** What is said then. */
  readonly because: string
  /** Lines for the end of a run in which something failed, and for one in which nothing did. */
  readonly failed: readonly string[]
  readonly succeeded: readonly string[]
}

/**
 * Where the storage is at hand, a note in the quarantine directory says that a run of this script did all it could. Over the
 * API the images are asked.
 *
 * @returns `undefined` where only a restart is certain
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
      `{ mkdir -p "$QUARANTINE" && note >${note}; } || echo 'The note that this was done cannot be written: a second run restarts again.' >&2`,
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
