import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import picomatch from 'picomatch'
import { codeOf } from '../files/error-code.ts'

/** What a glob matches, and where that could not be found out. */
export interface Matching {
  /** Sorted. */
  readonly paths: readonly string[]
  readonly unlisted: readonly UnlistedDirectory[]
}

/** A directory that could not be listed. */
export interface UnlistedDirectory {
  readonly path: string
  readonly error: unknown
}

/** Directories that one glob searches. */
const MOST = 10_000
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR'])
const WILD = /[*?[{]|[!@+]\(/

/** Whether a path has wildcards. */
export function isGlob(path: string): boolean {
  return WILD.test(path)
}

/** The paths that exist and match a glob. Hidden ones match only a pattern that names the dot. */
export function matchingPaths(glob: string, most: number = MOST): Matching {
  const parts = glob.split('/')
  const wild = parts.findIndex((part) => WILD.test(part))
  const root = parts.slice(0, wild).join('/') || (glob.startsWith('/') ? '/' : '.')
  const matches = picomatch(glob.replace(/^\.\//, ''))
  const deepest = parts.includes('**') ? Number.POSITIVE_INFINITY : parts.length - wild
  const paths: string[] = []
  const unlisted: UnlistedDirectory[] = []
  const queue = [{ path: root, depth: 1 }]
  for (const [n, directory] of queue.entries()) {
    if (n === most) {
      const error = new Error(`the pattern reaches more than ${most.toLocaleString('en')} directories: name fewer`)
      unlisted.push({ path: glob, error })
      break
    }
    for (const entry of entriesOf(directory.path, unlisted)) {
      const path = join(directory.path, entry.name)
      if (matches(path)) paths.push(path)
      if (entry.isDirectory() && directory.depth < deepest) queue.push({ path, depth: directory.depth + 1 })
    }
  }
  return { paths: paths.sort(), unlisted }
}

/** Nothing matches where no directory is. A directory that cannot be listed may have a match. */
function entriesOf(path: string, unlisted: UnlistedDirectory[]): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (!ABSENT.has(codeOf(error))) unlisted.push({ path, error })
    return []
  }
}
