import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute } from 'node:path'

/** As many as Linux follows. */
const MOST_LINKS = 40

/**
 * The path without any symbolic link that a write to `path` would create or replace, whether or not it is there yet.
 * Neither here nor in the kernel is `a/link/../b` the same as `a/b`.
 *
 * @throws {Error} where it cannot be told, as below a directory that is not there
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
    // A link to what is not there yet: a write through it makes that.
    const target = readlinkSync(place)
    at = isAbsolute(target) ? target : `${parent}/${target}`
  }
  throw new Error(`ELOOP: too many symbolic links, ${path}`)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
