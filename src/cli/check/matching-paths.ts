import { type Dirent, readdirSync, statSync } from 'node:fs'
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

/**
 * The paths that exist and match a glob. Hidden ones match only a pattern that names the dot.
 *
 * A part such as `*` also matches a symbolic link to a directory. `**` follows none, because a link may lead back up: each
 * is given as not listed.
 */
export function matchingPaths(glob: string, most: number = MOST): Matching {
  const parts = glob.split('/')
  const wild = parts.findIndex((part) => WILD.test(part))
  const root = parts.slice(0, wild).join('/') || (glob.startsWith('/') ? '/' : '.')
  const matches = picomatch(glob.replace(/^\.\//, ''))
  const levels = levelsOf(parts.slice(wild))
  const paths: string[] = []
  const unlisted: UnlistedDirectory[] = []
  const queue = [{ path: root, depth: 0 }]
  for (const [n, directory] of queue.entries()) {
    if (n === most) {
      const error = new Error(`the pattern reaches more than ${most.toLocaleString('en')} directories: name fewer`)
      unlisted.push({ path: glob, error })
      break
    }
    const level = levels[Math.min(directory.depth, levels.length - 1)]
    for (const entry of entriesOf(directory.path, unlisted)) {
      const path = join(directory.path, entry.name)
      if (matches(path)) paths.push(path)
      if (level === undefined || !level.leadsOn) continue
      const isLink = entry.isSymbolicLink() && level.matches(entry.name) && isDirectory(path)
      if (isLink && level.isAnyDepth) unlisted.push({ path, error: new Error(LINK) })
      else if (isLink || entry.isDirectory()) queue.push({ path, depth: directory.depth + 1 })
    }
  }
  return { paths: paths.sort(), unlisted }
}

/** A part of a glob, from the first with wildcards on. */
interface Level {
  /** Whether a directory that it matches may have a match below it. */
  readonly leadsOn: boolean
  /** Whether it stands for several levels. */
  readonly isAnyDepth: boolean
  readonly matches: (name: string) => boolean
}

function levelsOf(parts: readonly string[]): readonly Level[] {
  const deep = parts.findIndex((part) => part.includes('**'))
  const single = deep < 0 ? parts : parts.slice(0, deep)
  const levels = single.map(
    (part, n): Level => ({
      leadsOn: n < parts.length - 1,
      isAnyDepth: false,
      matches: picomatch(part),
    }),
  )
  const isShown = (name: string): boolean => !/^\.|^node_modules$/.test(name)
  return deep < 0 ? levels : [...levels, { leadsOn: true, isAnyDepth: true, matches: isShown }]
}

const LINK = 'it is a symbolic link to a directory, which ** does not follow: name it too'

/** @returns `false` also where a link leads nowhere */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
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
