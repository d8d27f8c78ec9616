import { dirname } from 'node:path'
import type { UncheckedRecord } from '../../check/judge/judge.ts'
import type { Unreadable } from '../../check/ports.ts'
import { isRepositoryName } from '../../oci/names.ts'
import { type Files, storeError } from '../drivers/filesystem/driver.ts'
import { listEntries } from '../drivers/filesystem/entries.ts'
import { repositoriesPath, repositoryPaths } from './layout.ts'
import { listKnown } from './presence/absence.ts'

/**
 * Find every repository: a directory that holds `_layers` (by which 2.8 enumerates) or `_manifests` (by which 3.x does).
 * Names nest, so each is looked below as well. Directories without either are no repositories, and nothing is said of them.
 */
export function* findRepositories(files: Files, v2: string): Generator<string | UncheckedRecord> {
  const root = repositoriesPath(v2)
  const pending = ['']
  const visits = new Visits()
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const path = name === '' ? root : `${root}/${name}`
    try {
      if (files.followsSymlinks) {
        const met = visits.enter(name, files.identity(path))
        if (met === 'a loop') continue
        if (met === 'too often') {
          yield placeRecord({ place: path, ...TOO_MANY_NAMES })
          continue
        }
      }
      // It was in a list a moment ago: only what is known to be deleted is passed over.
      const entries = listKnown(files, path, dirname(path))
      if (entries === undefined) continue
      for (const bar of entries.unreadable) yield placeRecord(bar)
      if (name !== '' && entries.directories.some((entry) => MARKS.has(entry)))
        yield isRepositoryName(name) ? name : placeRecord({ place: path, ...UNNAMABLE })
      const below = entries.directories.filter((entry) => !entry.startsWith('_'))
      if (name.length <= LONGEST_NAME) for (const entry of below) pending.push(name === '' ? entry : `${name}/${entry}`)
    } catch (error) {
      const { code, message } = storeError(error, path)
      yield placeRecord({ place: path, because: code, detail: message })
    }
  }
}

/** Whether any repository has a tag; `true` too where that cannot be told. */
export function holdsTags(files: Files, v2: string): boolean {
  for (const repository of findRepositories(files, v2)) {
    if (typeof repository !== 'string') return true
    try {
      const tags = listEntries(files, repositoryPaths(v2, repository).tags)
      if (tags !== undefined && tags.directories.length + tags.files.length + tags.unreadable.length > 0) return true
    } catch (error) {
      storeError(error, repository)
      return true
    }
  }
  return false
}

export function placeRecord({ place, because, detail }: Unreadable): UncheckedRecord {
  return { repository: undefined, path: place, because, detail }
}

/** Where links are followed, a directory may have many names, and lie below itself. */
class Visits {
  readonly #identities = new Map<string, string>()
  readonly #times = new Map<string, number>()

  /** @param name relative to the root @param identity of the directory, or `undefined` where there is none */
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

/** Names of one directory that are looked at; links to each other can give it any number. */
const MOST_NAMES = 16
const TOO_MANY_NAMES = {
  because: 'SYMLINK',
  detail: `was already scanned under ${MOST_NAMES} other names: symbolic links point to it`,
} as const

const MARKS: ReadonlySet<string> = new Set(['_layers', '_manifests'])
/** Bounds the descent where a followed link leads back up. */
const LONGEST_NAME = 255
const UNNAMABLE = { because: 'STORE_MALFORMED', detail: 'is not a valid repository name' } as const
