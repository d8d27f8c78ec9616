import { writeSync } from 'node:fs'

/**
 * Write all of a text. A single `write()` may take less than it was given, as on a disk that is nearly full.
 *
 * @throws {Error} where not all of it was taken
 */
export function writeFully(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at)
}
