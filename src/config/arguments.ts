import { resolve } from 'node:path'
import type { OptionTable } from './options/entry.ts'
import { OPTIONS, STAND_ALONE } from './options/table.ts'
import type { Settings } from './schema.ts'

/**
 * Settings as arguments of a command line.
 *
 * @param directory that contains the file
 * @param isSet whether the environment has the setting, which takes precedence
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
 * Resolves the path in a value, if it has one, against a directory: paths in a configuration file are relative to that
 * file.
 */
export function seenFrom(directory: string, name: string, value: string | number): string {
  const is = TABLE[name]?.is
  if (is === 'file' || is === 'directory') return resolve(directory, String(value))
  const [, format, file] = (is === 'outputs' && /^([^=]*)=(.+)$/s.exec(String(value))) || []
  return file === undefined ? String(value) : `${format}=${resolve(directory, file)}`
}

const TABLE: OptionTable = OPTIONS
