import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Keep compiled code between runs, where Node can (22.8): a start takes less time then. Never an error.
 *
 * It goes into the user's own cache. Node's default is a directory that anybody may make before we do, and whoever can write
 * there decides what code we run.
 */
export function keepCompiledCode(env: Env): void {
  // Node 20's types do not have it. Node itself has begun where it was told to by its own variable.
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: (directory: string) => unknown }
  if (enableCompileCache === undefined || env['NODE_COMPILE_CACHE'] !== undefined) return
  const directory = compileCacheIn(env)
  if (directory !== undefined) enableCompileCache.call(nodeModule, directory)
}

/**
 * Make the directory for compiled code.
 *
 * @returns nothing where there can be none: no home, a read-only one, somebody else's, or one that is a registry's storage
 */
export function compileCacheIn(env: Env): string | undefined {
  try {
    const home = cacheHome(env)
    if (home === undefined || !isOnlyOurs(dirname(home)) || isInRegistry(realpathSync(dirname(home)))) return undefined
    makeDirectory(home)
    const cache = realpathSync(home)
    if (!isOnlyOurs(cache) || isInRegistry(cache)) return undefined
    const directory = join(cache, 'regfsck')
    makeDirectory(directory)
    return lstatSync(directory).isDirectory() && isOnlyOurs(directory) ? directory : undefined
  } catch {
    return undefined
  }
}

/** @see XDG Base Directory Specification 0.8: a path that is relative is ignored */
function cacheHome({ XDG_CACHE_HOME: cache = '', HOME: home = '' }: Env): string | undefined {
  if (isAbsolute(cache)) return cache
  return isAbsolute(home) ? join(home, '.cache') : undefined
}

/** One at a time: in a file system of the kernel, Node tries without end to make a directory and its parents. */
function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) mkdirSync(directory, 0o700)
}

/** @throws {Error} where it is not there */
function isOnlyOurs(directory: string): boolean {
  const { uid, mode } = statSync(directory)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

/** What each kind of storage has in its root, and in each directory that may be named for it. */
const SIGNS = [
  'docker/registry/v2',
  'registry/v2',
  'v2/repositories',
  'v2/blobs',
  'repositories',
  'blobs',
  'oci-layout',
]

/** The home of a registry's user often is its storage: nothing is written there, whatever is scanned. */
function isInRegistry(directory: string): boolean {
  const hasSign = SIGNS.some((sign) => statSync(join(directory, sign), { throwIfNoEntry: false }) !== undefined)
  const parent = dirname(directory)
  return hasSign || (parent !== directory && isInRegistry(parent))
}
