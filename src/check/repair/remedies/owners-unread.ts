import type { Parts } from '../parts.ts'
import { adviceOnly, type Remedy } from '../remedy.ts'
import type { RepairStep } from '../step.ts'

/**
 * Nothing seems to need it, but something cannot be read. It may be moved away only after that is repaired.
 *
 * @param moved steps that move it away
 */
export function onceOwnersAreWhole(parts: Parts, moved: readonly RepairStep[]): Remedy {
  const unread = 'a tag or an index of this repository cannot be read, and may need it.'
  const steps = parts.setAside(moved)
  if (steps.length === 0) return adviceOnly('none', `Leave it: ${unread} Repair those first, then scan again.`)
  return {
    action: 'remove-link',
    why: `Leave it for now: ${unread} If it is unchanged when those are repaired and intact, nothing needs it: then move it away.`,
    steps,
  }
}
