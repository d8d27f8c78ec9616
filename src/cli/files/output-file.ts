import { closeSync, constants, fstatSync, ftruncateSync, openSync, readlinkSync, statSync, writeSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { destinationOf } from './destination.ts'
import { codeOf } from './error-code.ts'
import { writeWholeFile } from './whole-file.ts'
import { writeFully } from './write-fully.ts'

/**
 * Writes a result to the file of `--output FORMAT=FILE`. A regular file is replaced atomically. Pipes, devices and
 * `/dev/stdout` are written to directly.
 *
 * @param signal ends the wait for the reader of a pipe
 * @throws {Error} if not all of it could be written
 */
export async function writeOutputFile(file: string, pieces: readonly string[], signal: AbortSignal): Promise<void> {
  const own = ownDescriptor(file)
  const found = own === undefined ? statSync(file, { throwIfNoEntry: false }) : fstatSync(own)
  if (own !== undefined && found?.isFIFO() === false) {
    // Existing content stays, as with `>> FILE`.
    await writeForReader(own, pieces, signal)
  } else if (found === undefined || found.isFile() || found.isDirectory()) writeRegular(file, pieces)
  else await writeThrough(file, pieces, signal)
}

/** The file descriptor of this process that a path names, such as 1 for `/dev/stdout`. */
function ownDescriptor(path: string): number | undefined {
  for (let at = path, n = 0; n < MOST_LINKS; n++) {
    const directory = realDirectory(at)
    if (directory === `/proc/${process.pid}/fd` && /^\d+$/.test(basename(at))) return Number(basename(at))
    const target = directory === undefined ? undefined : linkAt(`${directory}/${basename(at)}`)
    if (target === undefined) return undefined
    at = target.startsWith('/') ? target : `${directory}/${target}`
  }
  return undefined
}

const MOST_LINKS = 40

function realDirectory(path: string): string | undefined {
  try {
    return destinationOf(dirname(path))
  } catch {
    return undefined
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function writeRegular(file: string, pieces: readonly string[]): void {
  try {
    writeWholeFile(file, pieces)
  } catch (error) {
    if (!CANNOT_REPLACE.has(codeOf(error)) || !isWritable(file)) throw error
    writeInPlace(file, pieces)
  }
}

/** Errors that mean that the file cannot be replaced: its directory is read-only, or it is mounted itself into a container. */
const CANNOT_REPLACE: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV'])

/** A file with several names is not rewritten in place: another name may belong to somebody else. */
function isWritable(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  return found?.isFile() === true && found.nlink === 1
}

/** Writes all of it, or leaves the file empty. @throws {Error} */
function writeInPlace(file: string, pieces: readonly string[]): void {
  const fd = openSync(file, 'r+')
  try {
    ftruncateSync(fd)
    for (const piece of pieces) writeFully(fd, piece)
  } catch (error) {
    ftruncateSync(fd)
    throw error
  } finally {
    closeSync(fd)
  }
}

async function writeThrough(file: string, pieces: readonly string[], signal: AbortSignal): Promise<void> {
  const fd = await openForReader(file, signal)
  try {
    await writeForReader(fd, pieces, signal)
  } finally {
    closeSync(fd)
  }
}

/** Milliseconds between two tries. */
const PACE = 5

/** Waits for a reader, because a pipe without one cannot be opened for writing without blocking. */
async function openForReader(file: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return openSync(file, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    } catch (error) {
      if (codeOf(error) !== 'ENXIO' || !statSync(file).isFIFO() || signal.aborted) throw error
    }
    await sleep(PACE, undefined, { signal }).catch(() => undefined)
  }
}

async function writeForReader(fd: number, pieces: readonly string[], signal: AbortSignal): Promise<void> {
  for (const piece of pieces) {
    const bytes = Buffer.from(piece)
    for (let at = 0; at < bytes.byteLength; ) {
      try {
        at += writeSync(fd, bytes, at)
        continue
      } catch (error) {
        // A reader such as `head` may stop early. That is no error.
        if (codeOf(error) === 'EPIPE') return
        if (codeOf(error) !== 'EAGAIN' || signal.aborted) throw error
      }
      await sleep(PACE, undefined, { signal }).catch(() => undefined)
    }
  }
}
