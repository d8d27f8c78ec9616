import { type Dirent, lstatSync, readdir as readdirAsync, type Stats, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { UncheckedRecord } from '../../check/judge.ts'
import { TargetError, unreadableCode } from '../../check/source.ts'
import { storeError } from './files.ts'

/** A registry found on disk. */
export interface FoundRegistry {
  /** The storage root, as the registry's configuration names it. */
  readonly root: string
  /** `docker/registry/v2` below it. */
  readonly v2: string
  /** The name of the root directory. */
  readonly label: string
  /** It holds the expiry schedule of a pull-through cache. */
  readonly pullThrough: boolean
}

export interface Located {
  readonly found: readonly FoundRegistry[]
  readonly unchecked: readonly UncheckedRecord[]
}

/**
 * Find the registries at a path: itself a root, `docker/registry/v2` itself, or a parent of several, at most 4 levels up.
 *
 * @throws {TargetError} saying what was looked for
 */
export async function locateRegistries(path: string, followSymlinks: boolean): Promise<Located> {
  requireDirectory(path)
  const target = path.length > 1 ? path.replace(/\/+$/, '') : path
  const here = join(target, V2)
  if (isDirectory(here)) return { found: [registryAt(target, here, followSymlinks)], unchecked: [] }
  if (isV2(target)) return { found: [describe(target, target, resolve(target, '../../..'))], unchecked: [] }
  return locateBelow(target, followSymlinks)
}

const V2 = 'docker/registry/v2'
const LEVELS = 4

/** Whether a directory is `docker/registry/v2` itself; an OCI layout holds `blobs` too. */
function isV2(path: string): boolean {
  if (isDirectory(join(path, 'repositories'))) return true
  return resolve(path).endsWith(`/${V2}`) && isDirectory(join(path, 'blobs'))
}

async function locateBelow(target: string, followSymlinks: boolean): Promise<Located> {
  // Loaded only here: most targets are a root, and it takes as long to load as a small scan.
  const { default: fastGlob } = await import('fast-glob')
  const unchecked: UncheckedRecord[] = []
  const pattern = Array.from({ length: LEVELS }, (_, n) => `${'*/'.repeat(n + 1)}${V2}`)
  const directories = await fastGlob(pattern, {
    cwd: target,
    onlyDirectories: true,
    dot: true,
    followSymbolicLinks: followSymlinks,
    ignore: [`**/${V2}/*`],
    fs: { readdir: namingUnreadable(unchecked, followSymlinks) as never },
  })
  const found = directories
    .sort()
    .map((v2) => registryAt(join(target, v2.slice(0, -V2.length - 1)), join(target, v2), followSymlinks))
  if (found.length === 0 && unchecked.length > 0)
    throw new TargetError(`${unchecked[0]?.path ?? target} ${unchecked[0]?.detail ?? 'cannot be read'}`, {
      because: unchecked[0]?.because === 'STORE_DENIED' ? 'forbidden' : 'storage',
    })
  if (found.length === 0)
    throw new TargetError(
      `no registry at ${target}: looked for ${V2} (the layout of distribution's filesystem driver) there and up to ${LEVELS} levels below`,
      { because: 'not_found' },
    )
  return { found, unchecked }
}

function registryAt(root: string, v2: string, followSymlinks: boolean): FoundRegistry {
  if (!followSymlinks)
    for (const part of ['docker', 'docker/registry', V2]) {
      const path = join(root, part)
      if (lstatOf(path)?.isSymbolicLink())
        throw new TargetError(`${path} is a symbolic link; give --follow-symlinks if it belongs to this registry`, {
          because: 'unsupported',
        })
    }
  return describe(root, v2, resolve(root))
}

/** @param home the storage root, resolved */
function describe(root: string, v2: string, home: string): FoundRegistry {
  const pullThrough = lstatOf(join(home, 'scheduler-state.json')) !== undefined
  return { root, v2, label: basename(home) || 'registry', pullThrough }
}

function requireDirectory(path: string): void {
  try {
    if (statSync(path).isDirectory()) return
  } catch (cause) {
    const failure = storeError(cause, path)
    const missing = cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
    throw new TargetError(missing ? `no such directory: ${path}` : `${path} ${failure.message} [${failure.code}]`, {
      cause,
      because: missing ? 'not_found' : unreadableCode(failure),
    })
  }
  throw new TargetError(`${path} is a file: a registry's storage is a directory that holds ${V2}`, {
    because: 'unsupported',
  })
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch (cause) {
    throw cannotTell(cause, path)
  }
}

/** @throws {TargetError} where nobody can tell */
function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (cause) {
    throw cannotTell(cause, path)
  }
}

function cannotTell(cause: unknown, path: string): TargetError {
  const failure = storeError(cause, path)
  return new TargetError(`${path} ${failure.message}`, { cause: failure })
}

function join(directory: string, rest: string): string {
  return directory === '/' ? `/${rest}` : `${directory}/${rest}`
}

type Readdir = (
  path: string,
  options: { withFileTypes: true },
  done: (error: unknown, entries?: unknown) => void,
) => void

/** A directory that cannot be read is named, and the search goes on elsewhere. */
function namingUnreadable(unchecked: UncheckedRecord[], followSymlinks: boolean): Readdir {
  return (path, options, done) => {
    readdirAsync(path, options, (error, entries) => {
      if (error === null) {
        if (!followSymlinks) unchecked.push(...linkedRegistries(path, entries))
        done(null, entries)
        return
      }
      const { code, message } = storeError(error, path)
      unchecked.push({ repository: undefined, path, because: code, detail: message })
      done(null, [])
    })
  }
}

/** Registries that only a symbolic link leads to: not followed, but not passed over in silence. */
function linkedRegistries(path: string, entries: readonly Dirent[]): UncheckedRecord[] {
  return entries
    .filter((entry) => entry.isSymbolicLink() && isDirectory(join(join(path, entry.name), V2)))
    .map((entry) => ({
      repository: undefined,
      path: join(path, entry.name),
      because: 'SYMLINK',
      detail: 'is a symbolic link to a registry',
    }))
}
