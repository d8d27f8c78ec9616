import { resolve } from 'node:path'
import type { OptionTable } from './options/entry.ts'
import { OPTIONS, STAND_ALONE } from './options/table.ts'
import type { Settings } from './schema.ts'

/**
 * The arguments of a command line that says the same.
 *
 * @param directory of the file
 * @param isSet whether the environment has a setting of that name, which then holds
 */
export function argumentsOf(
  settings: Settings,
  directory: string,
  isSet: (name: string) => boolean = () => false,
): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined || value === false || isSet(name)) return []
    if (value === true) return [STAND_ALONE.has(`--${name}`) ? `--${name}=*` : `--${name}`]
    const values = typeof value === 'object' ? value : [value]
    return values.map((each) => `--${name}=${seenFrom(directory, name, each)}`)
  })
}

/**
 * A value with the path in it, where it names one, seen from a directory: in a configuration file a path is seen from where
 * that stands.
 */
export function seenFrom(directory: string, name: string, value: string | number): string {
  const is = TABLE[name]?.is
  if (is === 'file' || is === 'directory') return resolve(directory, String(value))
  const [, format, file] = (is === 'outputs' && /^([^=]*)=(.+)$/s.exec(String(value))) || []
  return file === undefined ? String(value) : `${format}=${resolve(directory, file)}`
}

const TABLE: OptionTable = OPTIONS
