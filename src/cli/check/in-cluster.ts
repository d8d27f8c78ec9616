import type { Place } from '../../references/reference.ts'
import type { FilesNamingImages } from './deployed.ts'

/**
 * The same, with the cluster in place of lines of the standard input: those are of a snapshot that nobody has. An object is named
 * by its kind, namespace and name.
 */
export function inCluster(files: FilesNamingImages, cluster: string): FilesNamingImages {
  const { read, unreadable, leftOut } = files
  const moved = <Found extends { readonly place: Place }>(found: readonly Found[]): readonly Found[] =>
    found.map((each) => (each.place.file === '-' ? { ...each, place: { file: cluster, line: 0, column: 0 } } : each))
  return {
    ...files,
    read: { ...read, images: moved(read.images), unknown: moved(read.unknown) },
    unreadable: moved(unreadable),
    leftOut: moved(leftOut),
  }
}
