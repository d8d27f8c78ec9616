import type { Listing, Unreadable } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import { type Digest, isDigest } from '../../../oci/digest.ts'
import { type Entries, requirePassable, type StorageDriver } from '../driver.ts'
import { linkPath } from '../layout.ts'
import { listKnown } from '../presence/absence.ts'
import { orStoreError } from '../when-fetched.ts'
import { type Link, readLink } from './link.ts'

/** The links of one kind in a repository. Symbolic links, FIFOs and devices in its directory are not followed. */
export class LinkDirectory {
  readonly #driver: StorageDriver
  readonly #path: string
  readonly #within: string
  #listed: { readonly listing: Listing<Digest>; readonly barred: ReadonlyMap<string, Unreadable> } | undefined

  constructor(driver: StorageDriver, path: string, within: string) {
    this.#driver = driver
    this.#path = path
    this.#within = within
  }

  /** @throws {StoreError} */
  list(): Listing<Digest> {
    return this.#list().listing
  }

  /** @throws {StoreError} */
  read(digest: Digest): Link {
    const { barred } = this.#list()
    const path = linkPath(this.#path, digest)
    if (barred.size > 0) this.#requirePassable(path, barred)
    return readLink(this.#driver, path, digest)
  }

  #requirePassable(path: string, barred: ReadonlyMap<string, Unreadable>): void {
    const home = path.slice(0, -'/link'.length)
    const bar = barred.get(home) ?? barred.get(home.slice(0, home.lastIndexOf('/'))) ?? barred.get(this.#path)
    if (bar) throw new StoreError(bar.detail, { code: bar.because, place: bar.place })
  }

  #list(): { readonly listing: Listing<Digest>; readonly barred: ReadonlyMap<string, Unreadable> } {
    if (this.#listed) return this.#listed
    const found: Digest[] = []
    const unreadable: Unreadable[] = []
    const take = (entries: Entries | undefined): readonly string[] => {
      for (const place of entries?.unreadable ?? []) unreadable.push(place)
      return entries?.directories ?? []
    }
    requirePassable(this.#driver, this.#path.slice(0, this.#path.lastIndexOf('/')))
    requirePassable(this.#driver, this.#path)
    for (const algorithm of take(listKnown(this.#driver, this.#path, this.#within)))
      for (const encoded of take(this.#listAlgorithm(`${this.#path}/${algorithm}`, unreadable))) {
        const digest = `${algorithm}:${encoded}`
        if (isDigest(digest)) found.push(digest)
      }
    const barred = new Map(unreadable.map((bar) => [bar.place, bar]))
    this.#listed = { listing: { found, unreadable }, barred }
    return this.#listed
  }

  #listAlgorithm(path: string, unreadable: Unreadable[]): Entries | undefined {
    const entries = orStoreError(() => listKnown(this.#driver, path, this.#within))
    if (!(entries instanceof StoreError)) return entries
    unreadable.push({ place: entries.place, because: entries.code, detail: entries.message })
    return undefined
  }
}
