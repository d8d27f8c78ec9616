import type { Path } from '../../config/problem.ts'
import type { Io } from '../process/io.ts'

/** Milliseconds. */
export const DAY = 86_400_000
/** Milliseconds of the longest schedule. */
export const LONGEST_INTERVAL: number = 366 * DAY

/** How the entries of a file are read. */
export interface Reading {
  readonly directory: string
  readonly env: Io['env']
  readonly report: (path: Path, says: string) => void
}

/** The setting that a problem of a command line is about. */
export function aboutFlag(problem: string): { readonly flag: string | undefined; readonly says: string } {
  const [, flag] = /^--([a-z-]+)(?=[: ])/.exec(problem) ?? []
  return { flag, says: problem.replace(/^--[a-z-]+: /, '') }
}
