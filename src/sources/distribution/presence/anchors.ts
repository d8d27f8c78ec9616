import type { Unreadable } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import type { StorageDriver } from '../driver.ts'
import { blobsPath, type RegistryPlace, repositoriesPath } from '../layout.ts'
import { orStoreError } from '../when-fetched.ts'

/** A directory that every registry has, as it was at the start of a scan. */
export interface Anchor {
  readonly path: string
  readonly identity: string
  /** Whether it had entries. */
  readonly inUse: boolean
}

/**
 * The directories that hold a registry: from its root down to `blobs/`, its directory for each algorithm, and
 * `repositories/`. As long as each of them is the same directory, what is missing below them is missing.
 *
 * @throws {StoreError}
 */
export function anchorsOf({ root, v2 }: RegistryPlace, driver: StorageDriver): readonly Anchor[] {
  const blobs = blobsPath(v2)
  const above = [root, ...pathsBetween(root, v2)].map((path) => anchorAt(path, false, driver))
  const below = [blobs, ...algorithmsIn(blobs, driver), repositoriesPath(v2)].map((path) =>
    anchorAt(path, true, driver),
  )
  return [...above, ...below].filter((anchor) => anchor !== undefined)
}

/** The anchors that changed. */
export function lostAnchors(anchors: readonly Anchor[], driver: StorageDriver): readonly Unreadable[] {
  return anchors.flatMap((anchor): Unreadable[] => {
    const { path } = anchor
    try {
      const detail = lossOf(anchor, driver)
      return detail === undefined ? [] : [{ place: path, because: 'STORE_READ_FAILED', detail }]
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return [{ place: path, because: error.code, detail: error.message }]
    }
  })
}

function lossOf({ path, identity, inUse }: Anchor, driver: StorageDriver): string | undefined {
  const now = driver.identity(path)
  if (now === undefined) return 'no longer exists: it was moved, unmounted or deleted during the scan'
  if (now !== identity)
    return 'is not the same directory as at the start: it was replaced, or something was mounted over it'
  if (inUse && driver.isEmpty(path)) return 'is empty now, but was not at the start'
  return undefined
}

function anchorAt(path: string, holdsThings: boolean, driver: StorageDriver): Anchor | undefined {
  const identity = driver.identity(path)
  return identity === undefined ? undefined : { path, identity, inUse: holdsThings && !driver.isEmpty(path) }
}

/** An error here is reported by the survey, which lists them too. */
function algorithmsIn(blobs: string, driver: StorageDriver): readonly string[] {
  const entries = orStoreError(() => driver.list(blobs))
  return entries === undefined || entries instanceof StoreError
    ? []
    : entries.directories.map((name) => `${blobs}/${name}`)
}

/** The directories from below the root down to `v2`; empty if that is the root. */
function pathsBetween(root: string, v2: string): readonly string[] {
  const start = root === '/' ? '' : root
  if (v2 === root || !v2.startsWith(`${start}/`)) return v2 === root ? [] : [v2]
  const parts = v2.slice(start.length + 1).split('/')
  return parts.map((_, n) => `${start}/${parts.slice(0, n + 1).join('/')}`)
}
