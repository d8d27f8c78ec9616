import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs'

/** The used part of a `Dirent`. */
export type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>

/**
 * Lists a directory with the kind of each entry.
 *
 * If the file system does not provide kinds (NFS, old XFS), Node calls lstat for each entry, and an entry that is deleted
 * meanwhile fails the whole listing. Then the names are read alone, and missing entries are left out.
 *
 * @throws what `readdir` throws
 */
export function readDirectory(path: string): readonly Entry[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && error.syscall === 'lstat')) throw error
  }
  return readdirSync(path).flatMap((name) => {
    try {
      const stats = lstatSync(`${path}/${name}`, { throwIfNoEntry: false })
      return stats === undefined ? [] : [entryOf(name, stats)]
    } catch (error) {
      return [unknownEntry(name, error)]
    }
  })
}

function entryOf(name: string, stats: Stats): Entry {
  return {
    name,
    isDirectory: () => stats.isDirectory(),
    isFile: () => stats.isFile(),
    isSymbolicLink: () => stats.isSymbolicLink(),
  }
}

/** An entry of unknown kind. Asking for its kind throws the reason. */
function unknownEntry(name: string, cause: unknown): Entry {
  const fail = (): never => {
    throw cause
  }
  return { name, isDirectory: () => false, isFile: fail, isSymbolicLink: fail }
}
