import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { defaultComposeFiles } from '../../references/compose/default-files.ts'
import { kindOf } from '../../references/kind.ts'
import type { CannotRead, ReadSibling, SourceFile, UnreadableFile } from '../../references/reference.ts'
import { meaningOf } from '../../references/unknown-kind.ts'
import { codeOf } from '../files/error-code.ts'
import { isGlob, matchingPaths } from './matching-paths.ts'

/** The files of `--from`, and what of them cannot be read. */
export interface FromFiles {
  readonly files: readonly SourceFile[]
  readonly unreadable: readonly UnreadableFile[]
  /** Files in directories that have a key `image` and name nothing that is deployed. */
  readonly skipped: readonly UnreadableFile[]
  /** Compose files in directories that compose would not take by itself. */
  readonly notTaken: readonly string[]
}

/** Bytes of one file: more than 5,000 pods as JSON. */
const LARGEST = 256 * 1024 * 1024
/** Files in the directories of `--from`. */
const MOST_FILES = 100_000

/**
 * Reads the files of `--from`. In a directory, files that fit no kind and name no image are passed over, and those that have a
 * key `image` and name nothing that is deployed are skipped; of compose files, those that compose itself would take are read. What globs and directories lead to is read once.
 *
 * @param isRecursive whether directories are searched
 */
export function readFrom(paths: readonly string[], isRecursive: boolean): FromFiles {
  const isPattern = (text: string): boolean => isGlob(text) && !existsSync(text)
  const found = new Found(paths.filter((text) => !isPattern(text)))
  for (const text of paths) {
    const isFound = isPattern(text)
    for (const path of isFound ? matchesOf(text, found) : [text]) {
      const kind = kindAt(path)
      if (kind === 'directory' && isRecursive) found.search(path)
      else if (kind === 'directory') found.refuse(path, 'it is a directory: add --recursive')
      else if (!isFound || found.isNew(path)) found.add(path)
    }
  }
  return found
}

/** The paths that a glob matches, sorted. */
function matchesOf(glob: string, found: Found): readonly string[] {
  const { paths, unlisted } = matchingPaths(glob)
  for (const { path, error } of unlisted) found.refuse(path, whyNot(error))
  if (paths.length + unlisted.length === 0) found.refuse(glob, 'no file matches it')
  return paths
}

/** Reads what a file names beside itself. */
export const readSibling: ReadSibling = (from, path) => readText(isAbsolute(path) ? path : join(dirname(from), path))

class Found implements FromFiles {
  readonly files: SourceFile[] = []
  readonly unreadable: UnreadableFile[] = []
  readonly skipped: UnreadableFile[] = []
  readonly notTaken: string[] = []
  readonly #known: Set<string>
  #searched = 0

  /** @param named paths that are read anyway */
  constructor(named: readonly string[]) {
    this.#known = new Set(named.map((path) => resolve(path)))
  }

  /** Whether a path was neither named nor found before. */
  isNew(path: string): boolean {
    const { size } = this.#known
    return this.#known.add(resolve(path)).size > size
  }

  add(path: string): void {
    const read = readText(path)
    if ('because' in read) this.refuse(path, read.because)
    else this.files.push(read)
  }

  refuse(file: string, because: string): void {
    this.unreadable.push(atStart(file, because))
  }

  search(root: string): void {
    const queue = [root]
    for (const directory of queue) {
      const entries = this.#list(directory)
      const composed = defaultComposeFiles(entries.map(({ name }) => name))
      for (const entry of entries) {
        const path = join(directory, entry.name)
        const kind = entry.isSymbolicLink() ? kindAt(path) : entry.isDirectory() ? 'directory' : 'file'
        if (kind === 'directory') this.#enter(entry, path, queue)
        else if (MAY_NAME_IMAGES.test(entry.name) && this.isNew(path)) this.#take(path, composed)
      }
    }
  }

  /** A symbolic link to a directory may lead back up, so it is not followed. */
  #enter(entry: Dirent, path: string, queue: string[]): void {
    if (HIDDEN.test(entry.name)) return
    if (entry.isSymbolicLink()) this.refuse(path, 'it is a symbolic link to a directory: name that with --from')
    else queue.push(path)
  }

  #take(path: string, composed: readonly string[]): void {
    this.#searched++
    if (this.#searched === MOST_FILES)
      this.refuse(path, `there are more than ${MOST_FILES} files: name fewer directories`)
    if (this.#searched >= MOST_FILES) return
    const read = readText(path)
    if ('because' in read) {
      this.refuse(path, read.because)
      return
    }
    const found = kindOf(read)
    if ('because' in found) {
      const meaning = meaningOf(read, found)
      if (meaning === 'perhaps an image') this.refuse(path, found.because)
      else if (meaning === 'no deployed image') this.skipped.push(atStart(path, found.because))
    } else if (found.kind === 'compose' && composed.length > 0 && !composed.some((name) => path.endsWith(`/${name}`)))
      this.notTaken.push(path)
    else if (found.kind !== 'list') this.files.push(read)
  }

  #list(directory: string): readonly Dirent[] {
    try {
      return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch (error) {
      this.refuse(directory, whyNot(error))
      return []
    }
  }
}

function atStart(file: string, because: string): UnreadableFile {
  return { place: { file, line: 1, column: 1 }, because }
}

/** Directories of tools, such as `.git`. */
const HIDDEN = /^\.(?!gitlab|github|woodpecker)|^node_modules$/
/** A list of references must be named: any text file could look like one. */
const MAY_NAME_IMAGES = /\.(?:ya?ml|json)$|^(?:docker|container)file(?:\..+)?$|\.(?:docker|container)file$/i

/** What is at a path, behind symbolic links. What cannot be asked for fails when it is read. */
function kindAt(path: string): 'directory' | 'file' {
  try {
    return path !== '-' && statSync(path).isDirectory() ? 'directory' : 'file'
  } catch {
    return 'file'
  }
}

/** @param path `-` is standard input */
function readText(path: string): SourceFile | CannotRead {
  try {
    if (path !== '-') {
      const stats = statSync(path)
      if (stats.isDirectory()) return { isMissing: false, because: 'it is a directory' }
      if (stats.size > LARGEST) return { isMissing: false, because: 'it is larger than 256 MiB' }
    }
    const bytes = readFileSync(path === '-' ? 0 : path)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { name: path, text }
  } catch (error) {
    return { isMissing: codeOf(error) === 'ENOENT', because: whyNot(error) }
  }
}

function whyNot(error: unknown): string {
  if (error instanceof TypeError) return 'it is not text in UTF-8'
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'it does not exist'
    case 'EACCES':
      return 'permission denied'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
