import { dirname } from 'node:path'
import type { Unreadable } from '../../../check/ports.ts'
import type { LostPlace } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { StorageDriver } from '../driver.ts'
import { repositoryHome } from '../layout.ts'
import { isKnownAbsent, vanished } from './absence.ts'

/** Verifies that a repository stays the same directory while it is checked. */
export class Home {
  /** The directory at the start; `undefined` if there was none, or it could not be read. */
  readonly identity: string | undefined
  readonly #driver: StorageDriver
  readonly #path: string
  readonly #lost: Unreadable[] = []

  /** @param earlier the directory at an earlier check */
  constructor(driver: StorageDriver, path: string, earlier: string | undefined) {
    this.#driver = driver
    this.#path = path
    this.identity = this.#now()
    this.#compare(earlier, this.identity)
  }

  /** Ends the check. @returns what changed or could not be read */
  end(): readonly Unreadable[] {
    if (this.#lost.length === 0) this.#compare(this.identity, this.#now())
    return this.#lost
  }

  #compare(before: string | undefined, now: string | undefined): void {
    if (before !== undefined && now !== undefined && now !== before) this.#lost.push(replaced(this.#path))
  }

  #now(): string | undefined {
    try {
      return this.#driver.identity(this.#path)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#lost.push({ place: this.#path, because: error.code, detail: error.message })
      return undefined
    }
  }
}

/**
 * Repositories whose directory is gone or was replaced. A deleted repository is not among them, as long as the directory
 * that held it is still there.
 *
 * @param homes the directory of each at its first check
 */
export function lostHomes(
  homes: ReadonlyMap<string, string | undefined>,
  v2: string,
  driver: StorageDriver,
): readonly LostPlace[] {
  return [...homes].flatMap(([repository, before]): LostPlace[] => {
    const path = repositoryHome(v2, repository)
    const lost = lossOf(path, before, driver)
    return lost === undefined ? [] : [{ ...lost, repository }]
  })
}

function lossOf(path: string, before: string | undefined, driver: StorageDriver): Unreadable | undefined {
  try {
    const now = driver.identity(path)
    if (now === undefined && !isKnownAbsent(driver, path, dirname(path))) throw vanished(path)
    return now === undefined || before === undefined || now === before ? undefined : replaced(path)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { place: path, because: error.code, detail: error.message }
  }
}

function replaced(place: string): Unreadable {
  return {
    place,
    because: 'STORE_READ_FAILED',
    detail: 'is not the same directory as before: it was replaced, or something was mounted over it',
  }
}
