import { readdir, stat } from 'node:fs/promises'
import type { UncheckedRecord } from '../../../check/records.ts'
import { TargetError } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import { storeError } from '../../drivers/filesystem/system-error.ts'
import {
  type FoundRegistry,
  holdsRegistry,
  isV2,
  join,
  type Layout,
  layoutAt,
  registryAt,
  registryOf,
} from './registry-at.ts'

/** How the directories below a target are searched. */
export interface SearchOptions {
  readonly followSymlinks: boolean
  /** Whether the user excludes a directory, by its path below the target. */
  readonly isExcluded: (below: string) => boolean
  /** Maximum number of directories to list. */
  readonly most?: number
  /** Stops the search. */
  readonly signal?: AbortSignal
}

/** How many levels below a target are searched for the root of a registry. */
export const LEVELS = 4

/** Snapshots and trash of a file system, a NAS or a desktop: old copies of the same registry. */
const COPIES = /^(?:\.snapshots?|\.zfs|@eaDir|#snapshot|@snapshot|@Recycle|#recycle|\.Trash.*|\$RECYCLE\.BIN)$/

/** Searches the directories below a target for registries. */
export class Search {
  readonly found: FoundRegistry[] = []
  /** What could not be read or followed. */
  readonly unreadable: UncheckedRecord[] = []
  /** What was left out on purpose. */
  readonly passedOver: UncheckedRecord[] = []
  /** The number of excluded registries. */
  excluded = 0
  readonly #target: string
  readonly #options: SearchOptions
  /** By device and inode: links that are followed may lead back up. */
  readonly #seen = new Set<string>()
  #directories = 0
  #isCut = false

  constructor(target: string, options: SearchOptions) {
    this.#target = target
    this.#options = options
  }

  /** Whether a limit ended the search. */
  get isCut(): boolean {
    return this.#isCut || this.#options.signal?.aborted === true
  }

  /** @param own the layout of the registry at the target itself, which is not searched */
  async run(own: Layout | undefined): Promise<void> {
    let level: readonly Place[] = [{ path: this.#target, own }]
    for (let depth = 0; depth < LEVELS && level.length > 0; depth++) {
      const next: Place[] = []
      for (const place of level) {
        if (this.isCut) return
        for (const child of await this.#children(place)) {
          const below = this.#visit(child)
          if (below !== undefined) next.push(below)
        }
      }
      level = next
    }
  }

  /** Directories in which a registry may begin. */
  async #children({ path, own }: Place): Promise<string[]> {
    const entries = await this.#list(path)
    const children: string[] = []
    for (const entry of entries) {
      const child = join(path, entry.name)
      if (entry.name === own?.split('/')[0] || !(await this.#isToBeSearched(entry, child))) continue
      if (COPIES.test(entry.name)) this.#passOver(child, 'contains snapshots or deleted files')
      else children.push(child)
    }
    return children
  }

  async #list(path: string): Promise<readonly Entry[]> {
    if (++this.#directories > (this.#options.most ?? Number.POSITIVE_INFINITY)) {
      this.#isCut = true
      return []
    }
    try {
      const entries = await readdir(path, { withFileTypes: true })
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      this.#cannotRead(storeError(error, path))
      return []
    }
  }

  async #isToBeSearched(entry: Entry, path: string): Promise<boolean> {
    if (entry.isSymbolicLink() && !this.#options.followSymlinks) {
      this.#nameLinked(path)
      return false
    }
    if (!entry.isDirectory() && !entry.isSymbolicLink()) return false
    if (!this.#options.followSymlinks) return true
    const stats = await stat(path).catch(() => undefined)
    if (!stats?.isDirectory()) return false
    const key = `${stats.dev}:${stats.ino}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }

  /** A symbolic link to a registry is not followed, but it is reported. */
  #nameLinked(path: string): void {
    if (this.#ask(path, () => layoutAt(path) !== undefined || holdsRegistry(path)) !== true) return
    this.unreadable.push({
      repository: undefined,
      path,
      because: 'SYMLINK',
      detail: 'is a symbolic link to a registry',
    })
  }

  /** @returns the directory, if it is to be searched */
  #visit(path: string): Place | undefined {
    const below = path.slice(this.#target === '/' ? 1 : this.#target.length + 1)
    const isExcluded = this.#options.isExcluded(below)
    const layout = this.#ask(path, () => layoutAt(path))
    const isItself = layout === undefined && this.#ask(path, () => isV2(path)) === true
    if (layout === undefined && !isItself) return isExcluded ? undefined : { path, own: undefined }
    if (isExcluded) this.excluded++
    else this.#find(path, layout)
    return isItself || isExcluded ? undefined : { path, own: layout }
  }

  #find(path: string, layout: Layout | undefined): void {
    try {
      this.found.push(layout === undefined ? registryOf(path) : registryAt(path, layout, this.#options.followSymlinks))
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
      this.unreadable.push({
        repository: undefined,
        path,
        because: 'SYMLINK',
        detail: `cannot be scanned: ${error.message}`,
      })
    }
  }

  /** @returns `undefined` also if unknown: a directory that cannot be entered is reported when it is listed */
  #ask<T>(path: string, question: () => T): T | undefined {
    try {
      return question()
    } catch (error) {
      if (!(error instanceof TargetError) || !(error.cause instanceof StoreError)) throw error
      this.#cannotRead(error.cause, path)
      return undefined
    }
  }

  #cannotRead({ code, message, place }: StoreError, path: string = place): void {
    if (this.unreadable.some((known) => known.path === path)) return
    this.unreadable.push({ repository: undefined, path, because: code, detail: message })
  }

  #passOver(path: string, detail: string): void {
    this.passedOver.push({
      repository: undefined,
      path,
      because: 'NOT_SEARCHED',
      detail: `${detail}: not searched for registries`,
    })
  }
}

interface Entry {
  readonly name: string
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

interface Place {
  readonly path: string
  readonly own: Layout | undefined
}
