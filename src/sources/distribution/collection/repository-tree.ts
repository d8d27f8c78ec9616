import type { Unreadable } from '../../../check/ports.ts'
import type { EntryKind } from '../../../gc/inventory.ts'
import type { Entries, StorageDriver } from '../driver.ts'
import { repositoriesPath } from '../layout.ts'
import { inOrder, listFetched } from './reading.ts'

/** A directory with `_layers` or `_manifests`, and what else marks it. */
export interface RepositoryHome {
  /** Relative to the directory of all repositories. */
  readonly name: string
  readonly layersEntry: EntryKind
  readonly manifestsEntry: EntryKind
  readonly hasUploads: boolean
}

/** The repositories in the order of an engine's walk. */
export interface RepositoryHomes {
  readonly exists: boolean
  readonly homes: readonly RepositoryHome[]
  /** Files whose names begin with `_`, as complete paths. */
  readonly underscoredFiles: readonly string[]
}

/** Finds every directory that an engine takes for a repository, even if its name is none. */
export async function findRepositoryHomes(
  driver: StorageDriver,
  v2: string,
  unreadable: Unreadable[],
): Promise<RepositoryHomes> {
  const root = repositoriesPath(v2)
  const homes: RepositoryHome[] = []
  const underscoredFiles: string[] = []
  const list = (path: string): Promise<Entries | undefined> => listFetched(driver, { path, within: v2 }, unreadable)
  // A stack, not a recursion: names may nest deeply. What comes first in the walk is on top.
  const pending: (string | RepositoryHome)[] = ['']
  let exists = true
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'string') {
      homes.push(next)
      continue
    }
    const path = next === '' ? root : `${root}/${next}`
    const entries = await list(path)
    if (entries === undefined) {
      exists &&= next !== '' || unreadable.some(({ place }) => place === root)
      continue
    }
    const { below, home } = sortOut(next, path, entries)
    for (const file of entries.files) if (file.startsWith('_')) underscoredFiles.push(`${path}/${file}`)
    // Directories before `_`, the repository itself, the directories after it.
    const before = below.filter((name) => basename(name) < '_')
    const after = below.filter((name) => basename(name) >= '_')
    pending.push(...[...before, ...home, ...after].reverse())
  }
  return { exists, homes, underscoredFiles }
}

function sortOut(
  name: string,
  path: string,
  entries: Entries,
): { readonly below: readonly string[]; readonly home: readonly RepositoryHome[] } {
  const all = inOrder(entries)
  const below = all.filter((each) => !each.isFile && !each.name.startsWith('_'))
  const marks = { layersEntry: kindOf('_layers', path, entries), manifestsEntry: kindOf('_manifests', path, entries) }
  const isHome = marks.layersEntry !== 'missing' || marks.manifestsEntry !== 'missing'
  return {
    below: below.map((each) => (name === '' ? each.name : `${name}/${each.name}`)),
    home: isHome ? [{ name, ...marks, hasUploads: entries.directories.includes('_uploads') }] : [],
  }
}

/** What is not followed may be a directory: then nothing is known of it. */
function kindOf(name: string, path: string, { directories, files, unreadable }: Entries): EntryKind {
  if (directories.includes(name) || unreadable.some(({ place }) => place === `${path}/${name}`)) return 'directory'
  return files.includes(name) ? 'file' : 'missing'
}

function basename(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
