import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { defaultComposeFiles } from '../../references/compose/default-files.ts'
import { kindOf } from '../../references/kind.ts'
import type { CannotRead, ReadSibling, SourceFile, UnreadableFile } from '../../references/reference.ts'

/** The files of `--from`, and what of them cannot be read. */
export interface FromFiles {
  readonly files: readonly SourceFile[]
  readonly unreadable: readonly UnreadableFile[]
  /** Files in directories that name no images, or are not taken by compose. */
  readonly passedOver: number
}

/** Characters of all files together: more than 5,000 pods as JSON. */
const LARGEST = 256 * 1024 * 1024
/** Files in directories. */
const MOST_FILES = 100_000

/**
 * Reads the files of `--from`. In a directory, files that fit no kind are passed over; of compose files, those that compose
 * itself would take.
 *
 * @param isRecursive whether directories are searched
 */
export function readFrom(paths: readonly string[], isRecursive: boolean): FromFiles {
  const files: SourceFile[] = []
  const unreadable: UnreadableFile[] = []
  let passedOver = 0
  const refuse = (file: string, because: string): void => {
    unreadable.push({ place: { file, line: 1, column: 1 }, because })
  }
  for (const path of paths) {
    if (!isDirectory(path)) {
      const read = readText(path)
      if ('because' in read) refuse(path, read.because)
      else files.push(read)
    } else if (isRecursive) {
      const found = inDirectory(path, refuse)
      files.push(...found.files)
      passedOver += found.passedOver
    } else refuse(path, 'it is a directory: add --recursive')
  }
  return { files, unreadable, passedOver }
}

/** Reads what a file names beside itself. */
export const readSibling: ReadSibling = (from, path) => readText(isAbsolute(path) ? path : join(dirname(from), path))

function inDirectory(
  root: string,
  refuse: (file: string, because: string) => void,
): { readonly files: readonly SourceFile[]; readonly passedOver: number } {
  const files: SourceFile[] = []
  let passedOver = 0
  const queue = [root]
  for (const directory of queue) {
    const entries = listed(directory, refuse)
    const composed = defaultComposeFiles(entries.map(({ name }) => name))
    for (const entry of entries) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) {
        if (!HIDDEN.test(entry.name)) queue.push(path)
        continue
      }
      if (!entry.isFile() || !MAY_NAME_IMAGES.test(entry.name)) continue
      if (files.length + passedOver >= MOST_FILES) {
        refuse(root, `it holds more than ${MOST_FILES} files`)
        return { files, passedOver }
      }
      const read = readText(path)
      if ('because' in read) refuse(path, read.because)
      else if (isTaken(read, composed)) files.push(read)
      else passedOver++
    }
  }
  return { files, passedOver }
}

/** Directories of tools, such as `.git`. */
const HIDDEN = /^\.(?!gitlab|github|woodpecker)|^node_modules$/
/** A list of references must be named: any text file could look like one. */
const MAY_NAME_IMAGES = /\.(?:ya?ml|json)$|^(?:docker|container)file(?:\..+)?$|\.(?:docker|container)file$/i

function isTaken(file: SourceFile, composed: readonly string[]): boolean {
  const found = kindOf(file)
  if ('because' in found) return false
  if (found.kind !== 'compose') return found.kind !== 'list'
  return composed.length === 0 || composed.some((name) => file.name.endsWith(`/${name}`))
}

function listed(
  directory: string,
  refuse: (file: string, because: string) => void,
): { readonly name: string; isDirectory(): boolean; isFile(): boolean }[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    refuse(directory, whyNot(error))
    return []
  }
}

function isDirectory(path: string): boolean {
  return path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
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

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
