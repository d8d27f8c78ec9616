import { readFileSync, statSync } from 'node:fs'
import { sentenceOf } from '../../config/problem.ts'
import { LARGEST_CONFIG, type ReadConfig, readConfig } from '../../config/read.ts'
import { UsageError } from '../options/usage-error.ts'

/** Reads a configuration file. @throws {UsageError} if it does not exist, or is no regular text file */
export function readConfigFile(file: string): ReadConfig {
  let text: string
  try {
    const found = statSync(file)
    const { size } = found
    // A device is empty, or has no end.
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error('it is a device')
    if (size > LARGEST_CONFIG)
      throw new Error(`it has ${size} bytes; a configuration may have at most ${LARGEST_CONFIG}`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError([`--config: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`])
  }
  return readConfig(text)
}

/** Refuses files that can be read only once: `serve` reads its file after each change. @throws {UsageError} */
export function requireRereadable(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFIFO() === true)
    throw new UsageError([`--config: ${file} is a pipe, but serve reads it again after each change: expected a file`])
}

/** Refuses a file with problems. @throws {UsageError} with a line for each problem */
export function requireSound({ problems }: ReadConfig, file: string): void {
  if (problems.length > 0) throw new UsageError(problems.map((problem) => sentenceOf(file, problem)))
}
