import { readdirSync } from 'node:fs'
import type { Unreadable } from '../../../check/ports.ts'
import { type Files, storeError } from './driver.ts'
import type { Entry } from './read-directory.ts'

/** The directories and files among the entries of a directory, and whatever else is in it, named. */
export interface Entries {
  readonly directories: readonly string[]
  readonly files: readonly string[]
  readonly unreadable: readonly Unreadable[]
}

/**
 * List a directory. Symbolic links, FIFOs, sockets, devices, and names that are not UTF-8 are named as unreadable.
 *
 * @returns `undefined` where there is no such directory
 * @throws {StoreError}
 */
export function listEntries(files: Files, path: string): Entries | undefined {
  const entries = files.list(path)
  if (entries === undefined) return undefined
  const directories: string[] = []
  const plain: string[] = []
  const unreadable: Unreadable[] = []
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.includes(REPLACEMENT)) directories.push(entry.name)
    else sortOut(entry, { files, path, directories, plain, unreadable })
  }
  if (entries.some(({ name }) => name.includes(REPLACEMENT))) unreadable.push(...namesNotInUtf8(path))
  return { directories, files: plain, unreadable }
}

/** What a decoder puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD'

function sortOut(
  entry: Entry,
  into: {
    readonly files: Files
    readonly path: string
    readonly directories: string[]
    readonly plain: string[]
    readonly unreadable: Unreadable[]
  },
): void {
  if (entry.name.includes(REPLACEMENT)) return
  const place = `${into.path}/${entry.name}`
  try {
    switch (into.files.kindOf(entry, place)) {
      case 'directory':
        into.directories.push(entry.name)
        return
      case 'file':
        into.plain.push(entry.name)
        return
      case 'symlink':
        into.unreadable.push({ place, because: 'SYMLINK', detail: 'is a symbolic link' })
        return
      case 'special':
        into.unreadable.push({ place, because: 'STORE_MALFORMED', detail: 'is neither a file nor a directory' })
        return
      case 'missing':
    }
  } catch (error) {
    const { code, message } = storeError(error, place)
    into.unreadable.push({ place, because: code, detail: message })
  }
}

/** A name that is decoded wrongly would look missing when it is asked for: so it is named, and not asked for. */
function namesNotInUtf8(path: string): Unreadable[] {
  return readdirSync(path, { encoding: 'buffer' })
    .filter((name) => name.toString('utf8').includes(REPLACEMENT))
    .map((name) => ({
      place: `${path}/${readable(name)}`,
      because: 'STORE_MALFORMED' as const,
      detail: 'has a name that is not UTF-8',
    }))
}

/** Printable ASCII stays; any other byte becomes `\xNN`. */
function readable(name: Buffer): string {
  return [...name]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('')
}
