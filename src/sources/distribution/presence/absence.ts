import { dirname } from 'node:path'
import { StoreError } from '../../../check/store-error.ts'
import { type Entries, fileSize, type StorageDriver } from '../driver.ts'

/** Something was created between two questions: asked so often, it is either there or not. */
const TRIES = 3

/**
 * Whether something is known not to be there: the directory that holds it is there, and it is not in it.
 *
 * Both are looked at after it was missed. So storage that was away for a moment is back by then and holds it, or is still
 * away and holds nothing. An object store is never away and yet answers.
 *
 * @param within a directory above it that has to be there; one between the two may be missing as well
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
 * List a directory of storage that is in use.
 *
 * @param within see {@link isKnownAbsent}
 * @returns `undefined` where it is known that there is none
 * @throws {StoreError} also where it cannot be told, because what should hold it is not there either
 */
export function listKnown(driver: StorageDriver, path: string, within: string): Entries | undefined {
  for (let tries = 1; ; tries++) {
    const entries = driver.list(path)
    if (entries !== undefined) return entries
    if (isKnownAbsent(driver, path, within) || typeof fileSize(driver, path) === 'number') return undefined
    if (tries === TRIES || !driver.exists(path)) throw vanished(path)
  }
}

/** The error for what was there a moment ago. */
export function vanished(place: string): StoreError {
  return new StoreError('vanished during the scan: its storage may have been moved or unmounted', {
    code: 'STORE_READ_FAILED',
    place,
  })
}
