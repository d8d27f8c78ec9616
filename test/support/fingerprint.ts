import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Every path at and under a directory with all that the file system keeps of it, except when it was last read:
 * kind and mode, owner, number, links, size, times of change to a nanosecond, and the bytes.
 */
export function fingerprint(directory: string): string[] {
  const stats = lstatSync(directory, { bigint: true })
  const { mode, uid, gid, ino, nlink, size, mtimeNs, ctimeNs } = stats
  const own = [directory, mode, uid, gid, ino, nlink, size, mtimeNs, ctimeNs].join(' ')
  if (stats.isDirectory())
    return [own, ...readdirSync(directory).flatMap((name) => fingerprint(join(directory, name)))].sort()
  if (stats.isSymbolicLink()) return [`${own} ${readlinkSync(directory)}`]
  if (!stats.isFile()) return [own]
  return [`${own} ${createHash('sha256').update(readFileSync(directory)).digest('hex')}`]
}
