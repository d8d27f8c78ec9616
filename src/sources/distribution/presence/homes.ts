import { dirname } from 'node:path'
import type { Unreadable } from '../../../check/ports.ts'
import type { LostPlace } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { StorageDriver } from '../driver.ts'
import { repositoryHome } from '../layout.ts'
import { isKnownAbsent, vanished } from './absence.ts'

/** Watches that a repository stays the same directory while it is looked at. */
export class Home {
  /** Which directory it was at the start; `undefined` where there was none, or none could be told. */
  readonly identity: string | undefined
  readonly #driver: StorageDriver
  readonly #path: string
  readonly #lost: Unreadable[] = []

  /** @param earlier which directory it was at an earlier look */
  constructor(driver: StorageDriver, path: string, earlier: string | undefined) {
    this.#driver = driver
    this.#path = path
    this.identity = this.#now()
    this.#compare(earlier, this.identity)
  }

  /** What there is to say at the end of the look. */
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
 * Repositories that are not what they were. One that was deleted is none of these, as long as the directory that held it
 * is still there.
 *
 * @param homes which directory each was when it was looked at first
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
    detail: 'is another directory than before: it was replaced, or something was mounted over it',
  }
}
