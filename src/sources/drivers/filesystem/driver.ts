import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { StoreError } from '../../../check/store-error.ts'
import { digestOf, type HashAlgorithm } from '../../../oci/digest.ts'
import type { Entries, Hashed, Stat, StorageDriver } from '../../distribution/driver.ts'
import { sortEntries } from './entries.ts'
import { readDirectory } from './read-directory.ts'
import { absenceOf, codeOf, storeError } from './system-error.ts'

/** The read buffer. One per thread: reading is synchronous, so it has one user at a time. */
const piece = new Uint8Array(1024 * 1024)

/** One object for all calls: there is a call for each file. */
const QUIETLY = { throwIfNoEntry: false } as const

/**
 * Files, read with synchronous calls: meant for worker threads.
 *
 * FIFOs, sockets and devices are never opened for long and never blocked on.
 */
export class FilesystemDriver implements StorageDriver {
  readonly keepsDirectories = true
  readonly #flags: number
  readonly #stat: typeof lstatSync
  /** The directory that was listed last, and how many directories are in it. */
  #listed = { path: '', directories: 0 }
  /** Whether its file system counts the directories in a directory. */
  #isCounted: boolean | undefined

  constructor(followSymlinks: boolean) {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants
    this.#flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (followSymlinks ? 0 : O_NOFOLLOW)
    this.#stat = followSymlinks ? statSync : lstatSync
  }

  get followsSymlinks(): boolean {
    return this.#stat !== lstatSync
  }

  list(path: string): Entries | undefined {
    try {
      const entries = sortEntries(readDirectory(path), path, (name) => this.#kindOfLink(`${path}/${name}`))
      this.#listed = { path, directories: entries.directories.length }
      this.#isCounted = undefined
      return entries
    } catch (error) {
      if (absenceOf(error, path) === 'missing') return undefined
      throw storeError(error, path)
    }
  }

  /** The kind of a symbolic link's target. */
  #kindOfLink(path: string): 'directory' | 'file' | 'symlink' | 'missing' {
    return this.followsSymlinks ? (this.stat(path)?.is ?? 'missing') : 'symlink'
  }

  stat(path: string): Stat | undefined {
    try {
      const stats = this.#stat(path, QUIETLY)
      return stats && { is: kindOf(stats, path), size: stats.size, mtimeMs: stats.mtimeMs }
    } catch (error) {
      if (absenceOf(error, path) === 'missing') return undefined
      throw storeError(error, path)
    }
  }

  /**
   * A directory has two links, and one for each directory in it. Not all file systems count them, so this is only believed
   * where it holds for the directory above, which was just listed.
   */
  isLeaf(path: string): boolean {
    const { path: above, directories } = this.#listed
    if (path.lastIndexOf('/') !== above.length || !path.startsWith(above)) return false
    this.#isCounted ??= linksOf(above) === directories + 2
    return this.#isCounted && linksOf(path) === 2
  }

  exists(path: string): boolean {
    try {
      return lstatSync(path, QUIETLY) !== undefined
    } catch (error) {
      return absenceOf(error, path) === 'directory'
    }
  }

  read(
    path: string,
    into: Uint8Array,
    isWhole: (bytes: number) => boolean = () => false,
  ): number | 'missing' | 'directory' {
    const fd = this.#open(path)
    if (typeof fd !== 'number') return fd
    try {
      let at = readSync(fd, into, 0, into.byteLength, null)
      if (at === 0 || isWhole(at)) return at
      // One `read()` may return less than there is.
      for (let n = 1; n > 0 && at < into.byteLength; at += n) n = readSync(fd, into, at, into.byteLength - at, null)
      return at
    } catch (error) {
      return directoryOr(error, path)
    } finally {
      closeSync(fd)
    }
  }

  hash(path: string, algorithm: HashAlgorithm, isStopped: () => boolean): Hashed | undefined {
    const fd = this.#open(path)
    if (typeof fd !== 'number') return undefined
    try {
      kindOf(fstatSync(fd), path)
      const hash = createHash(algorithm)
      let bytes = 0
      const next = (): number => readSync(fd, piece, 0, piece.byteLength, null)
      for (let n = next(); n > 0; n = next()) {
        hash.update(piece.subarray(0, n))
        bytes += n
        if (isStopped()) throw new StoreError('was not read to the end', { code: 'STORE_READ_FAILED', place: path })
      }
      return { measured: digestOf(algorithm, hash.digest('hex')), bytes }
    } catch (error) {
      directoryOr(error, path)
      return undefined
    } finally {
      closeSync(fd)
    }
  }

  #open(path: string): number | 'missing' | 'directory' {
    try {
      return openSync(path, this.#flags)
    } catch (error) {
      return absenceOf(error, path)
    }
  }

  /** Device and inode of a directory: the same under each of its names. */
  identity(path: string): string | undefined {
    try {
      // As 64-bit numbers: on some file systems two inodes are otherwise equal.
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
      return stats?.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined
    } catch (error) {
      if (absenceOf(error, path) === 'missing') return undefined
      throw storeError(error, path)
    }
  }

  isEmpty(path: string): boolean {
    try {
      const directory = opendirSync(path)
      try {
        return directory.readSync() === null
      } finally {
        directory.closeSync()
      }
    } catch (error) {
      return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')
    }
  }
}

/** The links of a directory; `undefined` if it is none, or unknown. */
function linksOf(path: string): number | undefined {
  try {
    const stats = lstatSync(path, QUIETLY)
    return stats?.isDirectory() ? stats.nlink : undefined
  } catch {
    return undefined
  }
}

/** A directory can be opened, but not read. @throws {StoreError} */
function directoryOr(error: unknown, path: string): 'directory' {
  if (codeOf(error) === 'EISDIR') return 'directory'
  throw storeError(error, path)
}

/** @throws {StoreError} where it is not a regular file or a directory */
function kindOf(stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>, place: string): Stat['is'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) throw new StoreError('is a symbolic link', { code: 'SYMLINK', place })
  throw new StoreError('is not a regular file or a directory', { code: 'STORE_MALFORMED', place })
}
