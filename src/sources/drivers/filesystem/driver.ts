import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs'
import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { type Entry, readDirectory } from './read-directory.ts'

/**
 * Files of a registry's storage, read and never written, one synchronous call at a time: meant for worker threads.
 *
 * Symbolic links, FIFOs, sockets and devices are never followed and never blocked on: each is a {@link StoreError}.
 */
export class Files {
  readonly #flags: number
  readonly #stat: typeof lstatSync

  constructor(followSymlinks: boolean) {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants
    this.#flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (followSymlinks ? 0 : O_NOFOLLOW)
    this.#stat = followSymlinks ? statSync : lstatSync
  }

  /**
   * Read the start of a file. One `read()` may return less than there is, so it goes on until `into` is full or nothing
   * more comes.
   *
   * @param isWhole asked once, after a first `read()`, whether these are all bytes: spares a call for each link
   * @returns how many bytes were put into `into`, or why there is no file: nothing there, or a directory
   * @throws {StoreError} where neither can be said
   */
  readStart(
    path: string,
    into: Uint8Array,
    isWhole: (bytes: number) => boolean = () => false,
  ): number | 'missing' | 'directory' {
    let fd: number
    try {
      fd = openSync(path, this.#flags)
    } catch (error) {
      return absenceOf(error, path)
    }
    try {
      let at = readSync(fd, into, 0, into.byteLength, null)
      if (at === 0 || isWhole(at)) return at
      for (let n = 1; n > 0 && at < into.byteLength; at += n) n = readSync(fd, into, at, into.byteLength - at, null)
      return at
    } catch (error) {
      if (codeOf(error) === 'EISDIR') return 'directory'
      throw storeError(error, path)
    } finally {
      closeSync(fd)
    }
  }

  /**
   * Give the bytes of a file to `take`, piece by piece, each valid only during the call.
   *
   * @param take answers whether to go on
   * @throws {StoreError}
   */
  readPieces(path: string, into: Uint8Array, take: (piece: Uint8Array) => boolean): 'read' | 'missing' | 'directory' {
    let fd: number
    try {
      fd = openSync(path, this.#flags)
    } catch (error) {
      return absenceOf(error, path)
    }
    try {
      requireFile(fstatSync(fd), path)
      const next = (): number => readSync(fd, into, 0, into.byteLength, null)
      for (let n = next(); n > 0; n = next()) if (!take(into.subarray(0, n))) break
      return 'read'
    } catch (error) {
      if (codeOf(error) === 'EISDIR') return 'directory'
      throw storeError(error, path)
    } finally {
      closeSync(fd)
    }
  }

  /** The size of a file in bytes, or why there is none. @throws {StoreError} */
  size(path: string): number | 'missing' | 'directory' {
    try {
      const stats = this.#stat(path, QUIETLY)
      if (stats === undefined) return 'missing'
      if (stats.isDirectory()) return 'directory'
      requireFile(stats, path)
      return stats.size
    } catch (error) {
      return absenceOf(error, path)
    }
  }

  get followsSymlinks(): boolean {
    return this.#stat !== lstatSync
  }

  /** Device and inode, which are the same by every name. @throws {StoreError} */
  identity(path: string): string | undefined {
    try {
      const stats = this.#stat(path, QUIETLY)
      return stats && `${stats.dev}:${stats.ino}`
    } catch (error) {
      absenceOf(error, path)
      return undefined
    }
  }

  /** Bytes and time of the last change, or `undefined` where nothing is. @throws {StoreError} */
  stats(path: string): { readonly size: number; readonly mtimeMs: number } | undefined {
    try {
      return this.#stat(path, QUIETLY)
    } catch (error) {
      absenceOf(error, path)
      return undefined
    }
  }

  /** @throws {StoreError} where there is something that is not a regular file */
  requireRegular(path: string): void {
    const size = this.size(path)
    if (typeof size !== 'number')
      throw new StoreError('changed while it was read', { code: 'STORE_READ_FAILED', place: path })
  }

  /**
   * Only what is a directory, a file or nothing may be looked through: it is what it seems to be.
   * @throws {StoreError} where it is a FIFO, socket or device, or a symbolic link and links are not followed
   */
  requirePassable(path: string): void {
    try {
      const stats = this.#stat(path, QUIETLY)
      if (stats) requireFile(stats, path)
    } catch (error) {
      absenceOf(error, path)
    }
  }

  /** Whether something is at a path, of any kind. @throws {StoreError} */
  exists(path: string): boolean {
    try {
      return lstatSync(path, QUIETLY) !== undefined
    } catch (error) {
      return absenceOf(error, path) === 'directory'
    }
  }

  /**
   * The entries of a directory, or `undefined` where there is none.
   * @throws {StoreError}
   */
  list(path: string): readonly Entry[] | undefined {
    try {
      return readDirectory(path)
    } catch (error) {
      if (absenceOf(error, path) === 'missing') return undefined
      throw storeError(error, path)
    }
  }

  /** What a directory entry is. A symbolic link is what it leads to where links are followed. @throws {StoreError} */
  kindOf(entry: Entry, path: string): 'directory' | 'file' | 'symlink' | 'special' | 'missing' {
    if (entry.isDirectory()) return 'directory'
    if (entry.isFile()) return 'file'
    if (!entry.isSymbolicLink()) return 'special'
    if (this.#stat === lstatSync) return 'symlink'
    const size = this.size(path)
    return typeof size === 'number' ? 'file' : size
  }
}

/** One object for all calls: there are as many as files. */
const QUIETLY = { throwIfNoEntry: false } as const

export function storeError(error: unknown, place: string): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  if (code === undefined) throw error
  return new StoreError(`cannot be read (${code})`, {
    code: CODES.get(code) ?? 'STORE_READ_FAILED',
    place,
    cause: error,
  })
}

const CODES: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['EACCES', 'STORE_DENIED'],
  ['EPERM', 'STORE_DENIED'],
  ['ELOOP', 'SYMLINK'],
  ['ETIMEDOUT', 'STORE_TIMEOUT'],
  ['EHOSTDOWN', 'STORE_UNREACHABLE'],
  ['ENOTCONN', 'STORE_UNREACHABLE'],
])

/** A parent that is a file means the same as a parent that is not there. Any other failure says nothing about absence. */
function absenceOf(error: unknown, place: string): 'missing' | 'directory' {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
  if (code === 'EISDIR') return 'directory'
  throw storeError(error, place)
}

function requireFile(
  stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean },
  place: string,
): void {
  if (stats.isFile() || stats.isDirectory()) return
  if (stats.isSymbolicLink()) throw new StoreError('is a symbolic link', { code: 'SYMLINK', place })
  throw new StoreError('is neither a file nor a directory', { code: 'STORE_MALFORMED', place })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
