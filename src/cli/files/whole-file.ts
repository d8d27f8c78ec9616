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

/** Of a file that is new; whatever the umask takes away. */
const NEW_FILE = 0o666

/**
 * Write a file so that a reader, even after a crash or a SIGKILL at any moment, finds the old text whole or the new text
 * whole. Where `path` is a symbolic link, the file that it leads to is replaced, and the link stays.
 *
 * @param mode of the file; left out: that of the file that is replaced
 * @throws {Error} where it cannot be written; the old text is still there
 */
export function writeWholeFile(path: string, text: string | readonly string[], mode?: number): void {
  const place = destinationOf(path)
  const old = statSync(place, { throwIfNoEntry: false })
  if (old !== undefined && !old.isFile()) throw new Error(`${path} is not a regular file`)
  const directory = dirname(place)
  // In containers that share a volume every process may be number 1.
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
    // Some file systems tell only now that there was no room.
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Who could read the old file can read the new one. */
function takeAfter(fd: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(fd, uid, gid)
  } catch {
    // Only root may give a file away; then it is ours, as any new file.
  }
  fchmodSync(fd, mode & 0o777)
}

/** So that the new name outlives a power cut; some file systems have no such thing, and the file is whole without it. */
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
