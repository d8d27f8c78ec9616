import type { RepairStep } from './step.ts'

/** What somebody has to do, as scripts can match it. The contract lists these words. */
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

/** What repairs one finding, and why. */
export interface Remedy {
  readonly action: RepairAction
  /** What caused the damage, as far as the traces show, and why this repairs it. */
  readonly why: string
  /** Unordered, without the restart and the checks that a plan adds. */
  readonly steps: readonly RepairStep[]
}

/** A remedy without commands: what to do is in the text. */
export function adviceOnly(action: RepairAction, why: string): Remedy {
  return { action, why, steps: [] }
}
