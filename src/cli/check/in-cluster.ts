import type { AllReferences, LeftOut } from '../../references/read.ts'
import type { Place, UnreadableFile } from '../../references/reference.ts'

interface Named {
  readonly read: AllReferences
  readonly unreadable: readonly UnreadableFile[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * The same, with the cluster in place of lines of the standard input: those are of a snapshot that nobody has. An object is named
 * by its kind, namespace and name.
 */
export function inCluster<Files extends Named>(files: Files, cluster: string): Files {
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
