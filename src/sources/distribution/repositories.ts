import { dirname } from 'node:path'
import type { Unreadable } from '../../check/ports.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { StoreError } from '../../check/store-error.ts'
import { isRepositoryName } from '../../oci/names.ts'
import type { StorageDriver } from './driver.ts'
import { repositoriesPath, repositoryPaths } from './layout.ts'
import { listKnown } from './presence/absence.ts'
import { orStoreError, whenFetched } from './when-fetched.ts'

/**
 * Find every repository: a directory that holds `_layers` (by which 2.8 enumerates) or `_manifests` (by which 3.x does).
 * Names nest, so the directories below a repository are searched too. Other directories are ignored.
 */
export async function* findRepositories(
  driver: StorageDriver,
  v2: string,
): AsyncGenerator<string | UncheckedRecord, void, void> {
  const pending = ['']
  const visits = new Visits()
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const directory = name
    const { found, below } = await whenFetched(() => lookInto(directory, driver, v2, visits))
    for (const each of below) pending.push(each)
    yield* found
  }
}

interface Directory {
  readonly found: readonly (string | UncheckedRecord)[]
  /** Names of the directories in it, in which there may be repositories. */
  readonly below: readonly string[]
}

/** @param name relative to the directory of all repositories, which is `''` */
function lookInto(name: string, driver: StorageDriver, v2: string, visits: Visits): Directory {
  const root = repositoriesPath(v2)
  const path = name === '' ? root : `${root}/${name}`
  const found: (string | UncheckedRecord)[] = []
  try {
    const identity = driver.followsSymlinks ? driver.identity(path) : undefined
    // It was listed a moment ago, so it is ignored only if it is known to be deleted.
    const entries = listKnown(driver, path, dirname(path))
    const met = visits.enter(name, identity)
    if (met === 'too often') found.push(placeRecord({ place: path, ...TOO_MANY_NAMES }))
    if (met !== 'new' || entries === undefined) return { found, below: [] }
    for (const bar of entries.unreadable) found.push(placeRecord(bar))
    if (name !== '' && entries.directories.some((entry) => MARKS.has(entry)))
      found.push(isRepositoryName(name) ? name : placeRecord({ place: path, ...UNNAMABLE }))
    const below = name.length > LONGEST_NAME ? [] : entries.directories.filter((entry) => !entry.startsWith('_'))
    return { found, below: below.map((entry) => (name === '' ? entry : `${name}/${entry}`)) }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return { found: [placeRecord({ place: path, because: error.code, detail: error.message })], below: [] }
  }
}

/** Whether any repository has a tag; `true` if unknown. */
export async function holdsTags(driver: StorageDriver, v2: string): Promise<boolean> {
  for await (const repository of findRepositories(driver, v2)) {
    if (typeof repository !== 'string') return true
    const { tags } = repositoryPaths(v2, repository)
    const entries = await whenFetched(() => orStoreError(() => driver.list(tags)))
    if (entries instanceof StoreError) return true
    if (entries !== undefined && entries.directories.length + entries.files.length + entries.unreadable.length > 0)
      return true
  }
  return false
}

/** A place that could not be listed, as a record. */
export function placeRecord({ place, because, detail }: Unreadable): UncheckedRecord {
  return { repository: undefined, path: place, because, detail }
}

/** If links are followed, a directory may have many names, and be inside itself. */
class Visits {
  readonly #identities = new Map<string, string>()
  readonly #times = new Map<string, number>()

  /** @param name relative to the root @param identity of the directory, or `undefined` if there is none */
  enter(name: string, identity: string | undefined): 'new' | 'a loop' | 'too often' {
    if (identity === undefined) return 'new'
    for (let above = name; above !== ''; ) {
      above = above.slice(0, Math.max(0, above.lastIndexOf('/')))
      if (this.#identities.get(above) === identity) return 'a loop'
    }
    this.#identities.set(name, identity)
    const times = (this.#times.get(identity) ?? 0) + 1
    this.#times.set(identity, times)
    return times > MOST_NAMES ? 'too often' : 'new'
  }
}

/** The maximum number of names of one directory that are scanned: links can give it any number. */
const MOST_NAMES = 16
const TOO_MANY_NAMES = {
  because: 'SYMLINK',
  detail: `was already scanned under ${MOST_NAMES} other names: symbolic links point to it`,
} as const

const MARKS: ReadonlySet<string> = new Set(['_layers', '_manifests'])
/** Limits the descent if a followed link leads back up. */
const LONGEST_NAME = 255
const UNNAMABLE = { because: 'STORE_MALFORMED', detail: 'is not a valid repository name' } as const
