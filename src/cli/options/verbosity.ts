import { OPTIONS } from '../../config/options/table.ts'

const LEVELS: readonly string[] = OPTIONS['log-level'].words

/**
 * The log level with `-v` applied.
 *
 * @param level of `--log-level`; it stays if it logs more
 * @param usual the level that `-v` starts from
 */
export function louder(level: string, usual: string, steps = 0): string {
  if (steps === 0) return level
  const wanted = Math.min(LEVELS.indexOf(usual) + steps, LEVELS.length - 1)
  return LEVELS[Math.max(wanted, LEVELS.indexOf(level))] ?? level
}
