import { resolve } from 'node:path'
import type { Settings } from './schema.ts'

/** Settings that name a file or directory. In a configuration file they are seen from where that stands. */
const PATHS: ReadonlySet<string> = new Set([
  'repositories-from',
  'token-file',
  'ca-file',
  'client-cert',
  'client-key',
  'manifest-cache',
  'state',
  'textfile',
])

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
    if (value === true) return [name === 'pull-through' ? '--pull-through=*' : `--${name}`]
    const values = typeof value === 'object' ? value : [value]
    return values.map((each) => `--${name}=${seenFrom(directory, name, each)}`)
  })
}

/** A value with the path in it, where it names one, seen from a directory. */
export function seenFrom(directory: string, name: string, value: string | number): string {
  if (PATHS.has(name)) return resolve(directory, String(value))
  const [, format, file] = (name === 'output' && /^([^=]*)=(.+)$/s.exec(String(value))) || []
  return file === undefined ? String(value) : `${format}=${resolve(directory, file)}`
}
