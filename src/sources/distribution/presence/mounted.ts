import { TargetError } from '../../../check/source.ts'
import { StoreError } from '../../../check/store-error.ts'
import { requirePassable, type StorageDriver } from '../driver.ts'
import { blobsPath, repositoriesPath } from '../layout.ts'
import { findRepositories } from '../repositories.ts'
import { Blobs } from '../repository/blobs.ts'
import { DistributionRepository } from '../repository/repository-store.ts'
import { orStoreError, whenFetched } from '../when-fetched.ts'

/**
 * Detects a mount point whose registry is not mounted.
 * @throws {TargetError}
 */
export async function requireMounted(v2: string, driver: StorageDriver): Promise<void> {
  const repositories = repositoriesPath(v2)
  const blobs = blobsPath(v2)
  try {
    const { names, algorithms, stored } = await whenFetched(() => {
      requirePassable(driver, repositories)
      requirePassable(driver, blobs)
      const names = driver.list(repositories)
      const algorithms = driver.list(blobs)?.directories ?? []
      return { names, algorithms, stored: algorithms.some((each) => hasEntries(driver, `${blobs}/${each}`)) }
    })
    if (names === undefined && stored) throw await nothingThere(v2, driver)
    if (!stored && (await holdsLinks(v2, driver)))
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
 * A registry creates no directory before the first push, so one without repositories cannot be called intact. Its content
 * may be lost, or on a volume that is not mounted.
 */
export async function nothingThere(v2: string, driver: StorageDriver): Promise<TargetError> {
  const repositories = repositoriesPath(v2)
  const blobs = blobsPath(v2)
  const what = await whenFetched(
    () => holdsBlobs(driver, blobs) && (driver.exists(repositories) ? 'has no repository' : 'is missing'),
  )
  if (what !== false)
    return new TargetError(`${repositories} ${what} although ${blobs} has data: is it mounted? (${IN_DATABASE})`)
  return new TargetError(
    `${v2} has neither a repository nor a blob: nothing was ever pushed, or the content is gone or not mounted`,
    { because: 'storage' },
  )
}

const IN_DATABASE = "If its tags are in a database, as with GitLab's metadata database, this storage cannot be checked."

/**
 * GitLab's registry marks storage whose links it no longer writes.
 * @param above the directory that holds `docker/registry/v2`'s last part
 * @throws {TargetError}
 * @see GitLab container registry, docs/database-import-tool.md, "lockfiles"
 */
export async function requireTagsInFiles(above: string, driver: StorageDriver): Promise<void> {
  const mark = `${above}/lockfiles/database-in-use`
  const isMarked = await whenFetched(() => orStoreError(() => driver.exists(mark)))
  if (isMarked instanceof StoreError) throw new TargetError(`${mark} ${isMarked.message}`, { cause: isMarked })
  if (isMarked)
    throw new TargetError(
      `${mark} says that this registry keeps its tags in a database, so its links are stale. ${IN_DATABASE}`,
      { because: 'unsupported' },
    )
}

function holdsBlobs(driver: StorageDriver, blobs: string): boolean {
  const below = (path: string): readonly string[] => {
    const entries = driver.list(path)
    return [...(entries?.directories ?? []), ...(entries?.files ?? [])].map((name) => `${path}/${name}`)
  }
  try {
    return below(blobs).some((algorithm) => below(algorithm).some((prefix) => below(prefix).length > 0))
  } catch (error) {
    if (error instanceof StoreError) return true
    throw error
  }
}

function hasEntries(driver: StorageDriver, path: string): boolean {
  try {
    const entries = driver.list(path)
    return entries !== undefined && entries.directories.length + entries.unreadable.length > 0
  } catch (error) {
    if (error instanceof StoreError) return true
    throw error
  }
}

async function holdsLinks(v2: string, driver: StorageDriver): Promise<boolean> {
  const blobs = new Blobs(v2, driver, { barred: new Map() })
  for await (const repository of findRepositories(driver, v2)) {
    if (typeof repository !== 'string') continue
    const store = new DistributionRepository(repository, v2, driver, blobs)
    if (await whenFetched(() => store.holdsLinks())) return true
  }
  return false
}
