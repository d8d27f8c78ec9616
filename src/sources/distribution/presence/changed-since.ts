import type { UncheckedRecord } from '../../../check/records.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { Inventory, RepositoryInventory } from '../../../gc/inventory.ts'
import type { StorageDriver } from '../driver.ts'
import { blobsPath, repositoryPaths } from '../layout.ts'

/** Milliseconds by which the clock of a file system may be behind: it only ticks every few of them. */
export const TICK = 20

/**
 * What changed in a registry after a moment: repositories with a new or deleted tag, revision or layer link, and directories of
 * blobs. It needs the clock of the storage to be right.
 *
 * @param since milliseconds since 1970
 */
export function changedSince(inventory: Inventory, driver: StorageDriver, since: number): readonly UncheckedRecord[] {
  const { v2, repositories, blobs } = inventory
  const isNew = (path: string): boolean => isChanged(driver, path, since - TICK)
  const moved = repositories.found
    .filter((repository) => placesOf(repository, v2).some(isNew))
    .map(({ name }): UncheckedRecord => ({ repository: name, because: 'MOVED', detail: WRITTEN }))
  const algorithms = new Set([...blobs.sizes.keys()].map((digest) => digest.slice(0, digest.indexOf(':'))))
  const stores = [...algorithms].flatMap((algorithm) =>
    PREFIXES.map((prefix) => `${blobsPath(v2)}/${algorithm}/${prefix}`),
  )
  return [
    ...moved,
    ...stores
      .filter(isNew)
      .map((path): UncheckedRecord => ({ repository: undefined, path, because: 'MOVED', detail: WRITTEN })),
  ]
}

const WRITTEN = 'was written to while it was read'
const PREFIXES: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'))

/** Directories get another time when something is added or deleted, the link of a tag when the tag moves. */
function placesOf({ name, tags }: RepositoryInventory, v2: string): readonly string[] {
  const paths = repositoryPaths(v2, name)
  return [
    paths.tags,
    `${paths.revisions}/sha256`,
    `${paths.layers}/sha256`,
    ...tags.map((tag) => `${paths.tags}/${tag.name}/current/link`),
  ]
}

/** What cannot be read is reported where it is read. */
function isChanged(driver: StorageDriver, path: string, since: number): boolean {
  try {
    const stat = driver.stat(path)
    return stat !== undefined && stat.mtimeMs >= since
  } catch (error) {
    if (error instanceof StoreError) return false
    throw error
  }
}
