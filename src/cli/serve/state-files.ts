import { readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { StateFiles } from '../../serve/state/json-store.ts'
import { makeDirectory } from '../files/make-directory.ts'
import { writeWholeFile } from '../files/whole-file.ts'
import { UsageError } from '../options/usage-error.ts'

/**
 * A directory for the state of `serve`. It is created if it does not exist.
 *
 * @throws {UsageError} if it cannot be created
 */
export function stateFilesIn(directory: string | undefined): StateFiles | undefined {
  if (directory === undefined) return undefined
  try {
    makeDirectory(directory)
  } catch (error) {
    throw new UsageError([`state: cannot use ${directory}: ${error instanceof Error ? error.message : String(error)}`])
  }
  return {
    read: (name) => readRegular(join(directory, name)),
    write: (name, text) => {
      writeWholeFile(join(directory, name), text, 0o600)
    },
    setAside: (name) => {
      renameSync(join(directory, name), join(directory, `${name}.damaged`))
    },
  }
}

/** `undefined` if the file does not exist. @throws {Error} if it cannot be read */
function readRegular(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  // Opening a FIFO would block, and no signal would be handled.
  if (!found.isFile()) throw new Error(`${path} is not a regular file`)
  return readFileSync(path, 'utf8')
}
