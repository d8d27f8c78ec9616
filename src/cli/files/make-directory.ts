import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Creates a directory and its missing parents, accessible to their owner only.
 *
 * Node's `recursive` loops forever below a directory that exists and answers ENOENT, such as `/proc`.
 *
 * @throws {Error} if it cannot be created
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
    // Another process may have created it meanwhile.
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
