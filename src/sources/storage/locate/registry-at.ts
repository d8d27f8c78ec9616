import { lstatSync, type Stats, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { TargetError } from '../../../check/source.ts'
import type { RegistryPlace } from '../../distribution/layout.ts'
import { storeError } from '../../drivers/filesystem/system-error.ts'

/** A registry found on a file system. */
export interface FoundRegistry extends RegistryPlace {
  /** The name of the root directory. */
  readonly label: string
  /** It holds the expiry schedule of a pull-through cache. */
  readonly pullThrough: boolean
}

/** The path of `v2` below a storage root, below a mount of its `docker`, and below a mount of its `docker/registry`. */
export type Layout = 'docker/registry/v2' | 'registry/v2' | 'v2'

/** The directory of distribution's filesystem driver, below its root directory. */
export const V2: Layout = 'docker/registry/v2'
/** Paths of a registry's root below a target. */
export const LAYOUTS: readonly Layout[] = [V2, 'registry/v2', 'v2']

/**
 * The layout that begins at a directory, if one does.
 * @throws {TargetError} if it cannot be read
 */
export function layoutAt(directory: string): Layout | undefined {
  return LAYOUTS.find((layout) =>
    layout === V2 ? isDirectory(join(directory, V2)) : holdsRegistry(join(directory, layout)),
  )
}

/** A directory `repositories` alone may be anything: only together with `blobs` is it a registry. */
export function holdsRegistry(path: string): boolean {
  return isDirectory(join(path, 'repositories')) && isDirectory(join(path, 'blobs'))
}

/** Whether a directory is `docker/registry/v2` itself, under this or any other name. */
export function isV2(path: string): boolean {
  return resolve(path).endsWith(`/${V2}`) || holdsRegistry(path)
}

/** @throws {TargetError} if it is a symbolic link, and links are not followed */
export function registryAt(root: string, layout: Layout, followSymlinks: boolean): FoundRegistry {
  const parts = layout.split('/')
  if (!followSymlinks)
    for (const [n] of parts.entries()) {
      const path = join(root, parts.slice(0, n + 1).join('/'))
      if (lstatOf(path)?.isSymbolicLink())
        throw new TargetError(`${path} is a symbolic link; use --follow-symlinks if it belongs to this registry`, {
          because: 'unsupported',
        })
    }
  return describe(root, join(root, layout), resolve(root))
}

/** Of `docker/registry/v2` itself. */
export function registryOf(v2: string): FoundRegistry {
  const path = resolve(v2)
  const layout = LAYOUTS.find((each) => path.endsWith(`/${each}`))
  return describe(v2, v2, layout === undefined ? path : path.slice(0, -layout.length - 1) || '/')
}

/** @param home the storage root, resolved */
function describe(root: string, v2: string, home: string): FoundRegistry {
  const pullThrough = lstatOf(join(home, 'scheduler-state.json')) !== undefined
  return { root, v2, label: basename(home) || 'registry', pullThrough }
}

/** @throws {TargetError} if it cannot be read */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR') return false
    throw cannotTell(cause, path)
  }
}

/** @throws {TargetError} if it cannot be read */
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

/** A path below a directory. */
export function join(directory: string, rest: string): string {
  return directory === '/' ? `/${rest}` : `${directory}/${rest}`
}
