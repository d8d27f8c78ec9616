import { posix } from 'node:path'
import type { ComposeRead } from '../../../src/references/compose/answer.ts'
import { type ComposeOptions, readCompose } from '../../../src/references/compose/read.ts'
import type { Place, ReadSibling, SourceFile } from '../../../src/references/reference.ts'

export type Files = Readonly<Record<string, string>>

/** Files that are in memory only. A directory is read as one: `directory:` and why. */
function siblingsIn(files: Files): ReadSibling {
  return (from, path) => {
    const name = posix.isAbsolute(path) ? posix.normalize(path) : posix.join(posix.dirname(from), path)
    const text = files[name]
    if (text === undefined) return { isMissing: true, because: 'it does not exist' }
    return text === 'DIRECTORY' ? { isMissing: false, because: 'it is a directory' } : { name, text }
  }
}

/** Reads a project, by default of `compose.yaml` and nothing in the environment. */
export function readFiles(
  files: Files,
  options: Partial<ComposeOptions> & { readonly named?: readonly string[] } = {},
): ComposeRead {
  const { named = ['compose.yaml'], ...rest } = options
  return readCompose(
    named.map((name) => file(files, name)),
    { environment: {}, ...rest },
    siblingsIn(files),
  )
}

export function file(files: Files, name: string): SourceFile {
  return { name, text: files[name] ?? '' }
}

/** `file:line:column` */
function at({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}

/** What a project needs: `image <- user @ place`. */
export function imagesOf({ images }: ComposeRead): readonly string[] {
  return images.map(({ image, usedBy, place }) => `${image} <- ${usedBy} @ ${at(place)}`)
}

/** What cannot be known: `text <- user @ place: because`. */
export function unknownIn({ unknown }: ComposeRead): readonly string[] {
  return unknown.map(({ text, usedBy, place, because }) => `${text} <- ${usedBy} @ ${at(place)}: ${because}`)
}

/** What could not be read: `place: because`. */
export function unreadableIn({ unreadable }: ComposeRead): readonly string[] {
  return unreadable.map(({ place, because }) => `${at(place)}: ${because}`)
}

/** What is not pulled: `user @ place: because`. */
export function leftOutOf({ leftOut }: ComposeRead): readonly string[] {
  return leftOut.map(({ usedBy, place, because }) => `${usedBy} @ ${at(place)}: ${because}`)
}
