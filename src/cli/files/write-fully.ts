import { writeSync } from 'node:fs'

/**
 * Writes all of a text. A single `write()` may write less, for example on a disk that is nearly full.
 *
 * @throws {Error} if not all of it was written
 */
export function writeFully(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at)
}
