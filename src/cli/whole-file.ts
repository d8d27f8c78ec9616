import { randomBytes } from 'node:crypto'
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * Write a file so that whoever reads it, even after a crash or a SIGKILL at any moment, finds the old text whole or the
 * new text whole.
 *
 * @throws {Error} where it cannot be written; the old text is still there
 */
export function writeWholeFile(path: string, text: string, mode = 0o644): void {
  const directory = dirname(path)
  // In containers that share a volume every process may be number 1.
  const draft = join(directory, `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    write(draft, text, mode)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  syncDirectory(directory)
}

function write(path: string, text: string, mode: number): void {
  const fd = openSync(path, 'w', mode)
  try {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at)
    // Whatever the umask takes away.
    fchmodSync(fd, mode)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
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
