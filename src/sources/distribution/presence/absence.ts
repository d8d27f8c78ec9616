import { dirname } from 'node:path'
import { StoreError } from '../../../check/store-error.ts'
import { type Entries, fileSize, type StorageDriver } from '../driver.ts'

/** Attempts, because something may be created between two calls. */
const TRIES = 3

/**
 * Whether something is known to be absent: its parent directory exists and does not contain it.
 *
 * Both are checked after it was found missing. Storage that was unmounted for a moment is back by then and contains it, or
 * is still gone and has no parent either. An object store that answers is never unmounted.
 *
 * @param within a directory above it that must exist; directories between the two may be missing
 * @throws {StoreError}
 */
export function isKnownAbsent(driver: StorageDriver, path: string, within: string): boolean {
  if (!driver.keepsDirectories) return !driver.exists(path)
  let child = path
  let parent = dirname(path)
  while (!driver.exists(parent)) {
    if (parent === within || !parent.startsWith(within)) return false
    child = parent
    parent = dirname(parent)
  }
  return !driver.exists(child) && driver.exists(parent)
}

/**
 * Lists a directory of storage that may change meanwhile.
 *
 * @param within see {@link isKnownAbsent}
 * @returns `undefined` if it is known to be absent
 * @throws {StoreError} also if it is unknown, because its parent is missing too
 */
export function listKnown(driver: StorageDriver, path: string, within: string): Entries | undefined {
  for (let tries = 1; ; tries++) {
    const entries = driver.list(path)
    if (entries !== undefined) return entries
    if (isKnownAbsent(driver, path, within) || typeof fileSize(driver, path) === 'number') return undefined
    if (tries === TRIES || !driver.exists(path)) throw vanished(path)
  }
}

/** The error for something that existed a moment ago. */
export function vanished(place: string): StoreError {
  return new StoreError('vanished during the scan: its storage may have been moved or unmounted', {
    code: 'STORE_READ_FAILED',
    place,
  })
}
