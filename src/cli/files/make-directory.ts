import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Make a directory and those above it that are missing, for their owner only.
 *
 * Node's own `recursive` goes round for ever where a directory is there and says that it is not, as `/proc` does.
 *
 * @throws {Error} where it cannot be made
 */
export function makeDirectory(directory: string): void {
  const missing: string[] = []
  for (let at = resolve(directory); statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) {
    missing.unshift(at)
    if (dirname(at) === at) break
  }
  for (const each of missing) makeOne(each)
}

function makeOne(directory: string): void {
  try {
    mkdirSync(directory, 0o700)
  } catch (error) {
    // Another process may have made it meanwhile.
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
