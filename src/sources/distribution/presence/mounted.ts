import { resolve } from 'node:path'
import { TargetError } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Files } from '../../drivers/filesystem/driver.ts'
import { listEntries } from '../../drivers/filesystem/entries.ts'
import { blobsPath, repositoriesPath } from '../layout.ts'
import { findRepositories } from '../repositories.ts'
import { Blobs } from '../repository/blobs.ts'
import { DistributionRepository } from '../repository/repository-store.ts'

/**
 * Tells a registry from the mount point where one should be.
 * @throws {TargetError}
 */
export function requireMounted(v2: string, files: Files): void {
  const repositories = repositoriesPath(v2)
  const blobs = blobsPath(v2)
  try {
    files.requirePassable(repositories)
    files.requirePassable(blobs)
    const names = listEntries(files, repositories)
    const algorithms = listEntries(files, blobs)?.directories ?? []
    const stored = algorithms.some((algorithm) => hasEntries(files, `${blobs}/${algorithm}`))
    if (names === undefined && stored) throw nothingThere(v2, files)
    if (!stored && holdsLinks(v2, files))
      throw new TargetError(
        `${blobs} is ${algorithms.length > 0 ? 'empty' : 'missing or empty'} although ${repositories} has links to it: is it mounted?`,
      )
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const hint = error.code === 'SYMLINK' ? '; use --follow-symlinks if it belongs to this registry' : ''
    throw new TargetError(`${error.place} ${error.message}${hint}`, { cause: error })
  }
}

/**
 * A registry makes no directory before the first push, so one that holds no repository is never known to be whole. What it
 * held may be gone, or lie on a volume that is not mounted.
 */
export function nothingThere(v2: string, files: Files): TargetError {
  const repositories = repositoriesPath(v2)
  const blobs = blobsPath(v2)
  if (holdsBlobs(files, blobs))
    return new TargetError(
      `${repositories} ${files.exists(repositories) ? 'has no repository' : 'is missing'} although ${blobs} has data: is it mounted? (${IN_DATABASE})`,
    )
  return new TargetError(
    `${v2} has neither a repository nor a blob: nothing was ever pushed, or the content is gone or not mounted`,
    { because: 'storage' },
  )
}

const IN_DATABASE = "If its tags are in a database, as with GitLab's metadata database, this storage cannot be checked."

/**
 * GitLab's registry marks storage whose links it no longer writes.
 * @throws {TargetError}
 * @see GitLab container registry, docs/database-import-tool.md, "lockfiles"
 */
export function requireTagsInFiles(v2: string, files: Files): void {
  const mark = resolve(v2, '../lockfiles/database-in-use')
  let isMarked = true
  try {
    isMarked = files.exists(mark)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new TargetError(`${mark} ${error.message}`, { cause: error })
  }
  if (isMarked)
    throw new TargetError(
      `${mark} says that this registry keeps its tags in a database, so its links are stale. ${IN_DATABASE}`,
      { because: 'unsupported' },
    )
}

function holdsBlobs(files: Files, blobs: string): boolean {
  const below = (path: string): readonly string[] => {
    const entries = listEntries(files, path)
    return [...(entries?.directories ?? []), ...(entries?.files ?? [])].map((name) => `${path}/${name}`)
  }
  try {
    return below(blobs).some((algorithm) => below(algorithm).some((prefix) => below(prefix).length > 0))
  } catch (error) {
    if (error instanceof StoreError) return true
    throw error
  }
}

function hasEntries(files: Files, path: string): boolean {
  try {
    const entries = listEntries(files, path)
    return entries !== undefined && entries.directories.length + entries.unreadable.length > 0
  } catch (error) {
    if (error instanceof StoreError) return true
    throw error
  }
}

function holdsLinks(v2: string, files: Files): boolean {
  const blobs = new Blobs(v2, files, { barred: new Map() })
  for (const repository of findRepositories(files, v2)) {
    if (typeof repository !== 'string') continue
    if (new DistributionRepository(repository, v2, files, blobs).holdsLinks()) return true
  }
  return false
}
