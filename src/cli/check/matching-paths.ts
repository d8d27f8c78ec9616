import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import picomatch from 'picomatch'

/** Directories that one glob searches. */
const MOST = 10_000
const WILD = /[*?[{]|[!@+]\(/

/** Whether a path has wildcards. */
export function isGlob(path: string): boolean {
  return WILD.test(path)
}

/** The paths that exist and match a glob, sorted. Hidden ones match only a pattern that names the dot. */
export function matchingPaths(glob: string): readonly string[] {
  const parts = glob.split('/')
  const wild = parts.findIndex((part) => WILD.test(part))
  const root = parts.slice(0, wild).join('/') || (glob.startsWith('/') ? '/' : '.')
  const matches = picomatch(glob.replace(/^\.\//, ''))
  const deepest = parts.includes('**') ? Number.POSITIVE_INFINITY : parts.length - wild
  const found: string[] = []
  const queue = [{ path: root, depth: 1 }]
  for (const directory of queue) {
    if (queue.length > MOST) break
    for (const entry of entriesOf(directory.path)) {
      const path = join(directory.path, entry.name)
      if (matches(path)) found.push(path)
      if (entry.isDirectory() && directory.depth < deepest) queue.push({ path, depth: directory.depth + 1 })
    }
  }
  return found.sort()
}

/** A directory that cannot be listed has no match: the pattern then matches nothing, which is said. */
function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}
