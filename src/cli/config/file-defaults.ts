import { dirname, resolve } from 'node:path'
import { seenFrom } from '../../config/arguments.ts'
import { STAND_ALONE } from '../../config/options/table.ts'
import type { Setting } from '../../config/schema.ts'
import { isGiven } from '../options/empty-values.ts'
import type { Given } from '../options/given.ts'
import { readConfigFile, requireSound } from './config-file.ts'

/**
 * Options that a configuration file sets and neither a flag nor the environment does.
 *
 * @param file the value of `--config`
 * @returns option values, by commander's names
 * @throws {UsageError} with a line for every problem
 */
export function defaultsFrom(file: string, command: Given): Readonly<Record<string, unknown>> {
  const read = readConfigFile(file)
  requireSound(read, file)
  const defaults = read.config?.defaults ?? {}
  const directory = dirname(resolve(file))
  return Object.fromEntries(
    command.options.flatMap((option) => {
      const name = option.name()
      const value = defaults[name]
      if (value === undefined || isGiven(option.attributeName(), command)) return []
      return [[option.attributeName(), wordOf(name, value, directory)]]
    }),
  )
}

function wordOf(name: string, value: Exclude<Setting, undefined>, directory: string): unknown {
  if (STAND_ALONE.has(`--${name}`)) return value === true ? ['*'] : []
  if (typeof value === 'boolean') return value
  if (typeof value === 'object') return value.map((each) => seenFrom(directory, name, each))
  return seenFrom(directory, name, value)
}
