import { readdirSync } from 'node:fs'
import type { Unreadable } from '../../../check/ports.ts'
import type { Entries } from '../../distribution/driver.ts'
import type { Entry } from './read-directory.ts'
import { storeError } from './system-error.ts'

/**
 * Sorts the entries of a directory by kind. Symbolic links, FIFOs, sockets, devices, and names that are not UTF-8 are unreadable.
 * @param kindOfLink the kind of a symbolic link
 */
export function sortEntries(
  entries: readonly Entry[],
  path: string,
  kindOfLink: (name: string) => 'directory' | 'file' | 'symlink' | 'missing',
): Entries {
  const sorted = { directories: [] as string[], files: [] as string[], unreadable: [] as Unreadable[] }
  let isUtf8 = true
  for (const entry of entries) {
    if (entry.name.includes(REPLACEMENT)) isUtf8 = false
    else if (entry.isDirectory()) sorted.directories.push(entry.name)
    else sortOut(entry, `${path}/${entry.name}`, kindOfLink, sorted)
  }
  if (!isUtf8) sorted.unreadable.push(...namesNotInUtf8(path))
  return sorted
}

/** What a decoder puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD'

function sortOut(
  entry: Entry,
  place: string,
  kindOfLink: (name: string) => 'directory' | 'file' | 'symlink' | 'missing',
  into: { readonly directories: string[]; readonly files: string[]; readonly unreadable: Unreadable[] },
): void {
  const unreadable = (because: Unreadable['because'], detail: string): void => {
    into.unreadable.push({ place, because, detail })
  }
  try {
    if (entry.isFile()) into.files.push(entry.name)
    else if (!entry.isSymbolicLink()) unreadable('STORE_MALFORMED', 'is not a regular file or a directory')
    else {
      const kind = kindOfLink(entry.name)
      if (kind === 'directory') into.directories.push(entry.name)
      if (kind === 'file') into.files.push(entry.name)
      if (kind === 'symlink') unreadable('SYMLINK', 'is a symbolic link')
    }
  } catch (error) {
    const { code, message } = storeError(error, place)
    unreadable(code, message)
  }
}

/** A wrongly decoded name cannot be opened and would look missing, so it is reported as unreadable. */
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
