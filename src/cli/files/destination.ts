import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute } from 'node:path'

/** The number of links that Linux follows. */
const MOST_LINKS = 40

/**
 * The real path that a write to `path` creates or replaces, without symbolic links. The file may not exist yet.
 * As in the kernel, `a/link/../b` is not the same as `a/b`.
 *
 * @throws {Error} if it cannot be resolved, for example below a missing directory
 */
export function destinationOf(path: string): string {
  let at = path
  for (let n = 0; n < MOST_LINKS; n++) {
    try {
      return realpathSync.native(at)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    const parent = realpathSync.native(dirname(at))
    const place = parent === '/' ? `/${basename(at)}` : `${parent}/${basename(at)}`
    if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return place
    // A link to a missing file: a write through the link creates the file.
    const target = readlinkSync(place)
    at = isAbsolute(target) ? target : `${parent}/${target}`
  }
  throw new Error(`ELOOP: too many symbolic links, ${path}`)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
