import type { Unreadable } from '../../check/ports.ts'
import { StoreError } from '../../check/store-error.ts'
import type { Digest, HashAlgorithm } from '../../oci/digest.ts'

/**
 * Reads a registry's files: the port between the layout and a file system or an object store. It cannot write.
 *
 * Calls are synchronous: a promise for each file takes longer than the file itself. Storage behind a network throws
 * {@link NotFetched} for what it has not fetched yet, and is asked again. Paths are complete, as reports show them.
 *
 * Every method throws a StoreError if it cannot find out what is there. Any other error is a bug.
 *
 * @see docs/decisions/0030-storage-drivers.md
 */
export interface StorageDriver {
  /** `false`: a directory exists only as a prefix of names, as in an object store. */
  readonly keepsDirectories: boolean
  /** Whether one directory may have several paths, and be inside itself. */
  readonly followsSymlinks: boolean
  /** The entries of a directory; `undefined` if it does not exist. */
  list(path: string): Entries | undefined
  /**
   * The file or directory at a path; `undefined` if there is none. A FIFO, a socket, a device, or a symbolic link that is
   * not followed, is a StoreError, also as a parent directory.
   */
  stat(path: string): Stat | undefined
  /** Whether a name exists, even if it is a dangling link. */
  exists(path: string): boolean
  /**
   * Reads the start of a file, until `into` is full or the file ends. If there are no bytes, or unexpected ones, it may be
   * a FIFO or a device: see {@link requireFile}.
   *
   * @param isWhole called once after the first bytes, to ask whether these are all: saves a system call for each link
   * @returns the number of bytes read, or why there is no file
   */
  read(path: string, into: Uint8Array, isWhole?: (bytes: number) => boolean): number | 'missing' | 'directory'
  /**
   * Whether a file is known to contain exactly this text without reading it, such as by the ETag in a listing; `false`:
   * read it. Missing if only reading can show it.
   */
  holds?(path: string, text: string): boolean
  /**
   * Hashes a whole file; `undefined` if there is none.
   * @param isStopped called between reads: `true` stops with a StoreError
   */
  hash(path: string, algorithm: HashAlgorithm, isStopped: () => boolean): Hashed | undefined
  /** `true`: a directory is known to contain no other, without listing it. Missing if only a listing can show it. */
  isLeaf?(path: string): boolean
  /** Identifies a directory, so that a replacement is detected; `undefined` if there is none. */
  identity(path: string): string | undefined
  /** Whether a directory is empty or missing; `false` if unknown. */
  isEmpty(path: string): boolean
}

/** The directories, files and unreadable entries of a directory. */
export interface Entries {
  readonly directories: readonly string[]
  readonly files: readonly string[]
  /** Links that are not followed, FIFOs, sockets, devices, and names that are not UTF-8. */
  readonly unreadable: readonly Unreadable[]
}

/** What is known of a file or directory without reading it. */
export interface Stat {
  readonly is: 'file' | 'directory'
  /** Bytes; meaningless for a directory. */
  readonly size: number
  /** When it was last changed, in milliseconds. */
  readonly mtimeMs: number
}

/** A file that was read to its end. */
export interface Hashed {
  readonly measured: Digest
  readonly bytes: number
}

/**
 * The requested data is being fetched. Once `fetched` resolves, the same call succeeds, and the driver keeps the data at
 * least until that call. `fetched` never rejects: a failure is thrown by the next call.
 */
export class NotFetched extends Error {
  readonly fetched: Promise<void>

  constructor(path: string, fetched: Promise<void>) {
    super(`not fetched yet: ${path}`)
    this.name = 'NotFetched'
    this.fetched = fetched
  }
}

/** The size of a file in bytes, or why there is none. @throws {StoreError} */
export function fileSize(driver: StorageDriver, path: string): number | 'missing' | 'directory' {
  const stat = driver.stat(path)
  if (stat === undefined) return 'missing'
  return stat.is === 'directory' ? 'directory' : stat.size
}

/**
 * Rejects anything but a directory, a file or nothing.
 * @throws {StoreError} for a FIFO, a socket, a device, or a symbolic link that is not followed
 */
export function requirePassable(driver: StorageDriver, path: string): void {
  driver.stat(path)
}

/** @throws {StoreError} if there is no file */
export function requireFile(driver: StorageDriver, path: string): void {
  if (typeof fileSize(driver, path) !== 'number')
    throw new StoreError('changed while it was read', { code: 'STORE_READ_FAILED', place: path })
}
