import type { Unreadable } from '../../check/ports.ts'
import { StoreError } from '../../check/store-error.ts'
import type { Digest, HashAlgorithm } from '../../oci/digest.ts'

/**
 * Where a registry's files are stored: the port between the layout and a file system or an object store. There is no way to
 * write.
 *
 * Calls are synchronous: a promise for each file takes longer than the file itself. Storage behind a network throws
 * {@link NotFetched} for what it has not fetched yet, and is asked again. Paths are whole, as a report shows them.
 *
 * Every method throws a StoreError where nobody can tell what is there. No other error says anything about the storage.
 *
 * @see docs/decisions/0030-storage-drivers.md
 */
export interface StorageDriver {
  /** `false`: a directory is nothing but the names below it, as in an object store. It is gone with the last of them. */
  readonly keepsDirectories: boolean
  /** Whether one directory may have several names, and lie below itself. */
  readonly followsSymlinks: boolean
  /** What is in a directory; `undefined` where there is no such directory. */
  list(path: string): Entries | undefined
  /**
   * What is at a path; `undefined` where nothing is. Neither a symbolic link (where links are not followed) nor a FIFO, a
   * socket or a device is looked through: each is a StoreError.
   */
  stat(path: string): Stat | undefined
  /** Whether a name is taken, be it by a link that leads nowhere. */
  exists(path: string): boolean
  /**
   * Read the start of a file, until `into` is full or nothing more comes. What has no bytes, or odd ones, may be a FIFO or
   * a device: {@link requireFile} tells.
   *
   * @param isWhole asked once, after the first bytes came, whether these are all: saves a call for each link
   * @returns how many bytes were put into `into`, or why there is no file
   */
  read(path: string, into: Uint8Array, isWhole?: (bytes: number) => boolean): number | 'missing' | 'directory'
  /**
   * Whether a file is known to hold just this text without reading it, as by the ETag in a listing; `false`: read it. Left out
   * where only reading tells.
   */
  holds?(path: string, text: string): boolean
  /**
   * Hash a whole file; `undefined` where there is none.
   * @param isStopped asked now and then: `true` ends the reading with a StoreError
   */
  hash(path: string, algorithm: HashAlgorithm, isStopped: () => boolean): Hashed | undefined
  /** Tells a directory from another one that takes its place later; `undefined` where there is none. */
  identity(path: string): string | undefined
  /** Whether nothing is in a directory, or there is none; `false` where nobody can tell. */
  isEmpty(path: string): boolean
}

/** The directories and files in a directory, and whatever else is in it. */
export interface Entries {
  readonly directories: readonly string[]
  readonly files: readonly string[]
  /** Links that are not followed, FIFOs, sockets, devices, and names that are not UTF-8. */
  readonly unreadable: readonly Unreadable[]
}

/** What is known of a file or directory without reading it. */
export interface Stat {
  readonly is: 'file' | 'directory'
  /** Bytes; of a directory it means nothing. */
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
 * What was asked for is being fetched. Once `fetched` is resolved the driver can answer the same question, and keeps that
 * answer at least until it was asked once more. `fetched` is never rejected: a failure is the answer to the next question.
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
 * Only a directory, a file or nothing may be looked through.
 * @throws {StoreError} where it is a FIFO, socket or device, or a symbolic link and links are not followed
 */
export function requirePassable(driver: StorageDriver, path: string): void {
  driver.stat(path)
}

/** @throws {StoreError} where there is no file */
export function requireFile(driver: StorageDriver, path: string): void {
  if (typeof fileSize(driver, path) !== 'number')
    throw new StoreError('changed while it was read', { code: 'STORE_READ_FAILED', place: path })
}
