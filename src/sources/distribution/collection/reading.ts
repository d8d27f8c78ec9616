import type { Unreadable } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Entries, StorageDriver } from '../driver.ts'
import { listKnown } from '../presence/absence.ts'
import { whenFetched } from '../when-fetched.ts'

/** Reads through a driver, and remembers what could not be read. */
export class Reading {
  readonly driver: StorageDriver
  readonly unreadable: Unreadable[] = []
  readonly #within: string

  /** @param within a directory that must exist: otherwise nothing below it is known to be missing */
  constructor(driver: StorageDriver, within: string) {
    this.driver = driver
    this.#within = within
  }

  /** The result, or `undefined` if it could not be read. */
  trying<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.unreadable.push({ place: error.place, because: error.code, detail: error.message })
      return undefined
    }
  }

  /** The entries of a directory that was listed as one. `undefined`: it is gone, or cannot be read. */
  list(path: string): Entries | undefined {
    const entries = this.trying(() => listKnown(this.driver, path, this.#within))
    if (entries !== undefined) this.unreadable.push(...entries.unreadable)
    return entries
  }
}

/** The entries of a directory, fetched if need be. @param unreadable gets what could not be read */
export async function listFetched(
  driver: StorageDriver,
  { path, within }: { readonly path: string; readonly within: string },
  unreadable: Unreadable[],
): Promise<Entries | undefined> {
  const { entries, failed } = await whenFetched(() => {
    const reading = new Reading(driver, within)
    return { entries: reading.list(path), failed: reading.unreadable }
  })
  unreadable.push(...failed)
  return entries
}

/** Entries by name, in the order of an engine's walk. */
export function inOrder({
  directories,
  files,
}: Entries): readonly { readonly name: string; readonly isFile: boolean }[] {
  const all = [
    ...directories.map((name) => ({ name, isFile: false })),
    ...files.map((name) => ({ name, isFile: true })),
  ]
  return all.sort((a, b) => compareNames(a.name, b.name))
}

/** Names sorted as an engine does, by their bytes. */
export function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort(compareNames)
}

/** Only beyond ASCII do the units of JavaScript's text differ from bytes. */
function compareNames(a: string, b: string): number {
  if (a === b) return 0
  return ASCII.test(a) && ASCII.test(b) ? (a < b ? -1 : 1) : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const ASCII = /^[\0-\x7f]*$/
