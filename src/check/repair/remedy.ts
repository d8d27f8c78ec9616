import type { RepairStep } from './step.ts'

/** What has to be done, in words that scripts can match. They are part of the interface: do not change them. */
export type RepairAction =
  | 'put-manifest'
  | 'push-again'
  | 'upload-blob'
  | 'replace-file'
  | 'retag'
  | 'rebuild'
  | 'remove-link'
  | 'remove-file'
  | 'none'

/** How to repair one finding, and why. */
export interface Remedy {
  readonly action: RepairAction
  /** What caused the damage, if the traces show it, and why this repairs it. */
  readonly why: string
  /** Unordered, without the restart and the checks that a plan adds. */
  readonly steps: readonly RepairStep[]
}

/** A remedy without commands: the text says what to do. */
export function adviceOnly(action: RepairAction, why: string): Remedy {
  return { action, why, steps: [] }
}
