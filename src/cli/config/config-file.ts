import { readFileSync, statSync } from 'node:fs'
import { sentenceOf } from '../../config/problem.ts'
import { LARGEST_CONFIG, type ReadConfig, readConfig } from '../../config/read.ts'
import { UsageError } from '../options/usage-error.ts'

/** @throws {UsageError} where there is no such file, or one that cannot be a configuration */
export function readConfigFile(file: string): ReadConfig {
  let text: string
  try {
    const found = statSync(file)
    const { size } = found
    // A device has no end, or is nothing.
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error('it is a device')
    if (size > LARGEST_CONFIG)
      throw new Error(`it has ${size} bytes; a configuration may have at most ${LARGEST_CONFIG}`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError([`--config: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`])
  }
  return readConfig(text)
}

/** @throws {UsageError} where a file can be read only once, which is too little for what reads it after each change */
export function requireRereadable(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFIFO() === true)
    throw new UsageError([`--config: ${file} is a pipe, but serve reads it again after each change: expected a file`])
}

/** @throws {UsageError} with a line for each problem, where there is any */
export function requireSound({ problems }: ReadConfig, file: string): void {
  if (problems.length > 0) throw new UsageError(problems.map((problem) => sentenceOf(file, problem)))
}
