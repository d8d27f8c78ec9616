import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Keeps compiled code between runs, if Node supports it (22.8), for a faster start. It never fails.
 *
 * It is stored in the user's own cache. Node's default is a directory that anybody may create first, and who can write
 * there can run code as this user.
 */
export function keepCompiledCode(env: Env): void {
  // The types of Node 20 lack it. Node itself handles NODE_COMPILE_CACHE.
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: (directory: string) => unknown }
  if (enableCompileCache === undefined || env['NODE_COMPILE_CACHE'] !== undefined) return
  const directory = compileCacheIn(env)
  if (directory !== undefined) enableCompileCache.call(nodeModule, directory)
}

/**
 * Creates the directory for compiled code.
 *
 * @returns `undefined` without a usable home: none, a read-only one, somebody else's, or one that is a registry's storage
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

/** Not `recursive`: in a file system of the kernel, Node would try forever to create a directory and its parents. */
function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) mkdirSync(directory, 0o700)
}

/** Whether only this user can write to it. @throws {Error} if it does not exist */
function isOnlyOurs(directory: string): boolean {
  const { uid, mode } = statSync(directory)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

/** Paths by which each kind of storage is recognised. */
const SIGNS = [
  'docker/registry/v2',
  'registry/v2',
  'v2/repositories',
  'v2/blobs',
  'repositories',
  'blobs',
  'oci-layout',
]

/** The home of a registry's user often is its storage. Nothing is written there, whatever is scanned. */
function isInRegistry(directory: string): boolean {
  const hasSign = SIGNS.some((sign) => statSync(join(directory, sign), { throwIfNoEntry: false }) !== undefined)
  const parent = dirname(directory)
  return hasSign || (parent !== directory && isInRegistry(parent))
}
