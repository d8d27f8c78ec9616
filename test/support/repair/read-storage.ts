import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { StoragePaths } from '../builders/storage-paths.ts'

/** Reads a storage directory by hand: what the oracle knows, it knows from here and from clients. */

export interface Revision {
  readonly repository: string
  readonly digest: string
}

export interface Tag {
  readonly repository: string
  readonly tag: string
}

/** Whether a blob file holds exactly the bytes that its name promises. */
export function holdsRightBytes(at: StoragePaths, digest: string): boolean {
  const bytes = regularFile(at.data(digest))
  return bytes !== undefined && `sha256:${createHash('sha256').update(bytes).digest('hex')}` === digest
}

/** What a regular file holds; `undefined` where there is none. */
export function regularFile(path: string): Buffer | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : undefined
}

/** Repositories with manifests and nothing that a layer or config was ever linked in. */
export function repositoriesWithoutLayers(at: StoragePaths): string[] {
  return repositoriesIn(at).filter(
    (repository) => lstatSync(join(at.repository(repository), '_layers'), { throwIfNoEntry: false }) === undefined,
  )
}

export function tagsIn(at: StoragePaths): Tag[] {
  return repositoriesIn(at).flatMap((repository) =>
    directoriesIn(join(at.repository(repository), '_manifests', 'tags')).map((tag) => ({ repository, tag })),
  )
}

/** Every revision that has a link file, whatever is in it. */
export function revisionsIn(at: StoragePaths): Revision[] {
  return repositoriesIn(at).flatMap((repository) =>
    directoriesIn(join(at.repository(repository), '_manifests', 'revisions', 'sha256'))
      .map((hex) => ({ repository, digest: `sha256:${hex}` }))
      .filter(({ digest }) => regularFile(at.revisionLink(repository, digest)) !== undefined),
  )
}

/** The digest that a tag's history names last, or `undefined` where it has none, or where two are equally new. */
export function lastInHistory(at: StoragePaths, { repository, tag }: Tag): string | undefined {
  const history = join(at.tag(repository, tag), 'index', 'sha256')
  const entries = directoriesIn(history).flatMap((hex) => {
    const link = statSync(join(history, hex, 'link'), { bigint: true, throwIfNoEntry: false })
    return link ? [{ digest: `sha256:${hex}`, time: link.mtimeNs }] : []
  })
  const [last, other] = entries.sort((a, b) => (a.time < b.time ? 1 : -1))
  return last?.time === other?.time ? undefined : last?.digest
}

/** Every path below a directory, and what is there: a hash, a target, or that it is a directory. */
export function contentsOf(directory: string): Map<string, string> {
  const found = new Map<string, string>()
  const visit = (path: string): void => {
    const stats = lstatSync(path)
    const name = relative(directory, path)
    if (stats.isDirectory()) {
      found.set(name, 'directory')
      for (const each of readdirSync(path)) visit(join(path, each))
    } else if (stats.isSymbolicLink()) found.set(name, `-> ${readlinkSync(path)}`)
    else found.set(name, stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'special')
  }
  if (lstatSync(directory, { throwIfNoEntry: false })) visit(directory)
  return found
}

function repositoriesIn(at: StoragePaths): string[] {
  const found: string[] = []
  const visit = (name: string): void => {
    const below = directoriesIn(at.repository(name))
    if (below.includes('_manifests')) found.push(name)
    for (const each of below) if (!each.startsWith('_')) visit(join(name, each))
  }
  visit('')
  return found
}

function directoriesIn(path: string): string[] {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => name)
}
