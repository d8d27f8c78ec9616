import { OPTIONS } from '../../config/options/table.ts'

const LEVELS: readonly string[] = OPTIONS['log-level'].words

/**
 * The log level that `-v`, given some times, makes of another.
 *
 * @param level that `--log-level` says; it stays where it tells more
 * @param usual level from which `-v` counts
 */
export function louder(level: string, usual: string, steps = 0): string {
  if (steps === 0) return level
  const wanted = Math.min(LEVELS.indexOf(usual) + steps, LEVELS.length - 1)
  return LEVELS[Math.max(wanted, LEVELS.indexOf(level))] ?? level
}
