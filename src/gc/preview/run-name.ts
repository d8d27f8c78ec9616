import type { GcRun } from '../outcome.ts'

/** How a collection is called in findings and messages: `2.8 --delete-untagged`. */
export function runName(run: GcRun): string {
  return run.deleteUntagged ? `${engineName(run)} --delete-untagged` : engineName(run)
}

/** The same, short enough for a column: `2.8 -m`. */
export function shortRunName(run: GcRun): string {
  return run.deleteUntagged ? `${engineName(run)} -m` : engineName(run)
}

function engineName({ engine }: GcRun): string {
  return engine === '3' ? '3.x' : engine
}
