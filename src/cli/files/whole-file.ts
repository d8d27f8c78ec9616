import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { destinationOf } from './destination.ts'
import { writeFully } from './write-fully.ts'

/** The mode of a new file, before the umask. */
const NEW_FILE = 0o666

/**
 * Writes a file atomically: even after a crash or a SIGKILL a reader finds either the whole old text or the whole new
 * text. If `path` is a symbolic link, its target is replaced, and the link stays.
 *
 * @param mode of the file; by default that of the replaced file
 * @throws {Error} if it cannot be written; the old text is still there
 */
export function writeWholeFile(path: string, text: string | readonly string[], mode?: number): void {
  const place = destinationOf(path)
  const old = statSync(place, { throwIfNoEntry: false })
  if (old !== undefined && !old.isFile()) throw new Error(`${path} is not a regular file`)
  const directory = dirname(place)
  // The pid is not unique: in containers that share a volume every process may be number 1.
  const draft = join(directory, `.regfsck.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    writeDraft(draft, typeof text === 'string' ? [text] : text, { mode, old })
    renameSync(draft, place)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  syncDirectory(directory)
}

function writeDraft(
  draft: string,
  pieces: readonly string[],
  { mode, old }: { readonly mode: number | undefined; readonly old: Stats | undefined },
): void {
  const fd = openSync(draft, 'wx', mode ?? NEW_FILE)
  try {
    for (const piece of pieces) writeFully(fd, piece)
    if (mode !== undefined) fchmodSync(fd, mode)
    else if (old) takeAfter(fd, old)
    // Some file systems report only now that the disk is full.
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Keeps mode and owner, so that the same users can read the new file. */
function takeAfter(fd: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(fd, uid, gid)
  } catch {
    // Only root may change the owner. Otherwise the file is ours, like any new file.
  }
  fchmodSync(fd, mode & 0o777)
}

/** Makes the new name survive a power failure. Some file systems do not support it; the file is intact without it. */
function syncDirectory(directory: string): void {
  try {
    const fd = openSync(directory, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    return
  }
}
