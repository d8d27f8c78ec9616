import { CHOICES } from '../../config/choices.ts'
import { type Asked, environmentNameOf, OFF } from './options.ts'

const LEVELS: readonly string[] = CHOICES['log-level']

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

/** How often `-v` is given. The environment says once with any word that does not mean no, or how often. */
export function stepsOf(verbose: number | undefined, command: Asked): { readonly verbose: number | undefined } {
  if (verbose === undefined || command.getOptionValueSource('verbose') !== 'env') return { verbose }
  const word = process.env[environmentNameOf('verbose')] ?? ''
  return { verbose: OFF.has(word) ? 0 : /^\d$/.test(word) ? Number(word) : 1 }
}
