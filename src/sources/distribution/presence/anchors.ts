import { opendirSync, statSync } from 'node:fs'
import type { Unreadable } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'
import { storeError } from '../../drivers/filesystem/driver.ts'
import { blobsPath, repositoriesPath } from '../layout.ts'

/** A directory that a registry cannot be without, as it was at the start of a scan. */
export interface Anchor {
  readonly path: string
  readonly identity: string
  /** Whether something was in it. */
  readonly inUse: boolean
}

/**
 * The directories that hold a registry: from its root down to `blobs/`, what is in there for each algorithm, and
 * `repositories/`. As long as each of them is the same directory, what is missing below them is missing.
 *
 * @throws {StoreError}
 */
export function anchorsOf({ root, v2 }: { readonly root: string; readonly v2: string }): readonly Anchor[] {
  const blobs = blobsPath(v2)
  const above = [root, ...pathsBetween(root, v2)].map((path) => anchorAt(path, false))
  const algorithms = namesIn(blobs).map((name) => anchorAt(`${blobs}/${name}`, true))
  const all = [...above, anchorAt(blobs, true), ...algorithms, anchorAt(repositoriesPath(v2), true)]
  return all.filter((anchor) => anchor !== undefined)
}

/** Those that are not what they were. */
export function lostAnchors(anchors: readonly Anchor[]): readonly Unreadable[] {
  return anchors.flatMap((anchor): Unreadable[] => {
    const { path } = anchor
    try {
      const detail = lossOf(anchor)
      return detail === undefined ? [] : [{ place: path, because: 'STORE_READ_FAILED', detail }]
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return [{ place: path, because: error.code, detail: error.message }]
    }
  })
}

function lossOf({ path, identity, inUse }: Anchor): string | undefined {
  const now = identityOf(path)
  if (now === undefined) return 'no longer exists: it was moved, unmounted or deleted during the scan'
  if (now !== identity)
    return 'is another directory than at the start: it was replaced, or something was mounted over it'
  if (inUse && isEmpty(path)) return 'is empty now, and was not at the start'
  return undefined
}

/**
 * Device and inode of a directory; `undefined` where there is none.
 * @throws {StoreError} where nobody can tell
 */
export function identityOf(path: string): string | undefined {
  try {
    // As numbers of 64 bits: on some file systems two inodes would otherwise look the same.
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stats?.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw storeError(error, path)
  }
}

function anchorAt(path: string, holdsThings: boolean): Anchor | undefined {
  const identity = identityOf(path)
  return identity === undefined ? undefined : { path, identity, inUse: holdsThings && !isEmpty(path) }
}

/** @returns as if there were something in it, where that cannot be told */
function isEmpty(path: string): boolean {
  try {
    const directory = opendirSync(path)
    try {
      return directory.readSync() === null
    } finally {
      directory.closeSync()
    }
  } catch (error) {
    return isAbsence(error)
  }
}

function namesIn(path: string): string[] {
  try {
    const directory = opendirSync(path)
    try {
      const names: string[] = []
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync())
        if (entry.isDirectory()) names.push(entry.name)
      return names
    } finally {
      directory.closeSync()
    }
  } catch {
    return []
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** From below the root to `v2` itself; nothing where that is the root. */
function pathsBetween(root: string, v2: string): readonly string[] {
  const start = root === '/' ? '' : root
  if (v2 === root || !v2.startsWith(`${start}/`)) return v2 === root ? [] : [v2]
  const parts = v2.slice(start.length + 1).split('/')
  return parts.map((_, n) => `${start}/${parts.slice(0, n + 1).join('/')}`)
}
