import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs'

/** As much of a directory entry as is asked for. */
export type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>

/**
 * List a directory, and say what each entry is.
 *
 * Where the file system does not tell that (NFS, old XFS), Node asks for each entry, and one that is deleted meanwhile fails
 * the whole listing. Then the names are read alone, and what is gone is left out.
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

/** An entry of which nobody can tell what it is: whoever asks is told why. */
function unknownEntry(name: string, cause: unknown): Entry {
  const fail = (): never => {
    throw cause
  }
  return { name, isDirectory: () => false, isFile: fail, isSymbolicLink: fail }
}
