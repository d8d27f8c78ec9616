import type { Unreadable } from '../../../check/ports.ts'
import type { EntryKind, RepositoryInventory, TagInventory, TagLink } from '../../../gc/inventory.ts'
import { isOpenable } from '../../../gc/repository-name.ts'
import { type Digest, isDigest } from '../../../oci/digest.ts'
import { type Entries, requirePassable, type StorageDriver } from '../driver.ts'
import { repositoryHome } from '../layout.ts'
import { readLink } from '../repository/link.ts'
import { invalidLink, LinkFiles } from './link-files.ts'
import { Reading, sorted } from './reading.ts'
import type { RepositoryHome } from './repository-tree.ts'

/** What was read of one repository. */
export interface RepositoryPart {
  readonly repository: RepositoryInventory
  readonly unreadable: readonly Unreadable[]
}

/** Reads every link of a repository. */
export function readRepositoryPart(home: RepositoryHome, v2: string, driver: StorageDriver): RepositoryPart {
  const path = repositoryHome(v2, home.name)
  const reading = new Reading(driver, path)
  return { repository: new Reader(reading, path).read(home), unreadable: reading.unreadable }
}

const NO_ENTRIES: Entries = { directories: [], files: [], unreadable: [] }

class Reader {
  readonly #reading: Reading
  readonly #home: string

  constructor(reading: Reading, home: string) {
    this.#reading = reading
    this.#home = home
  }

  read({ name, layersEntry, manifestsEntry, hasUploads }: RepositoryHome): RepositoryInventory {
    const manifests = this.#entries('_manifests', manifestsEntry)
    const revisionsEntry = kindIn(manifests, 'revisions')
    const tagsEntry = kindIn(manifests, 'tags')
    const revisions = this.#links('_manifests/revisions', revisionsEntry)
    const tags = this.#entries('_manifests/tags', tagsEntry)
    return {
      name,
      layersEntry,
      manifestsEntry,
      revisionsEntry,
      tagsEntry,
      revisions: revisions?.links ?? [],
      emptyRevisions: revisions?.empty ?? [],
      layers: this.#links('_layers', layersEntry)?.links ?? [],
      tags: this.#tags(tags),
      uploads: hasUploads ? this.#uploads() : { count: 0, bytes: 0 },
    }
  }

  /** The entries of a directory of this repository. */
  #entries(name: string, kind: EntryKind): Entries {
    const path = `${this.#home}/${name}`
    return (this.#isDirectory(path, kind) ? this.#reading.list(path) : undefined) ?? NO_ENTRIES
  }

  #links(name: string, kind: EntryKind): LinkFiles | undefined {
    const path = `${this.#home}/${name}`
    return this.#isDirectory(path, kind) ? new LinkFiles(this.#reading, path) : undefined
  }

  /** A listing follows a link at its end. */
  #isDirectory(path: string, kind: EntryKind): boolean {
    const passable = (): true => {
      requirePassable(this.#reading.driver, path)
      return true
    }
    return kind === 'directory' && this.#reading.trying(passable) === true
  }

  #tags({ directories, files, unreadable }: Entries): readonly TagInventory[] {
    const tags = `${this.#home}/_manifests/tags`
    const names = new Map<string, TagInventory>()
    for (const name of directories) names.set(name, this.#tag(`${tags}/${name}`, name))
    for (const name of files) names.set(name, { name, current: notDirectory(`${tags}/${name}`), history: [] })
    for (const { place } of unreadable) {
      const name = place.slice(tags.length + 1)
      names.set(name, { name, current: { is: 'unknown' }, history: [] })
    }
    return sorted([...names.keys()]).flatMap((name) => names.get(name) ?? [])
  }

  #tag(path: string, name: string): TagInventory {
    if (!isOpenable(name)) return { name, current: { is: 'misplaced', path, error: 'invalid path' }, history: [] }
    const current = this.#reading.trying(() => this.#current(`${path}/current`)) ?? { is: 'unknown' }
    return { name, current, history: this.#reading.trying(() => this.#history(`${path}/index`)) ?? [] }
  }

  #current(path: string): TagLink {
    const { driver } = this.#reading
    const is = driver.stat(path)?.is
    if (is === 'file') return notDirectory(path)
    if (is === undefined) return { is: 'missing' }
    const link = readLink(driver, `${path}/link`)
    if (link.is !== 'invalid') return link
    const invalid = invalidLink(link.content)
    return invalid.is === 'misplaced' ? { ...invalid, path: `${path}/link` } : invalid
  }

  /** Revisions are named by sha256: no registry writes another. */
  #history(path: string): readonly Digest[] | 'a file' {
    const { driver } = this.#reading
    requirePassable(driver, path)
    const entries = driver.list(`${path}/sha256`)
    if (entries === undefined) return driver.stat(path)?.is === 'file' ? 'a file' : []
    return entries.directories.flatMap((hex) => {
      const digest = `sha256:${hex}`
      return isDigest(digest) ? [digest] : []
    })
  }

  #uploads(): RepositoryInventory['uploads'] {
    const uploads = `${this.#home}/_uploads`
    const { directories } = this.#reading.list(uploads) ?? NO_ENTRIES
    const bytes = directories.map((id) => {
      return this.#reading.trying(() => this.#reading.driver.stat(`${uploads}/${id}/data`))?.size ?? 0
    })
    return { count: directories.length, bytes: bytes.reduce((sum, each) => sum + each, 0) }
  }
}

function notDirectory(path: string): TagLink {
  return { is: 'misplaced', path, error: 'not a directory' }
}

function kindIn({ directories, files, unreadable }: Entries, name: string): EntryKind {
  if (directories.includes(name) || unreadable.some(({ place }) => place.endsWith(`/${name}`))) return 'directory'
  return files.includes(name) ? 'file' : 'missing'
}
