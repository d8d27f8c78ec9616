import { type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from '../options/usage-error.ts'
import { destinationOf } from './destination.ts'

/** A file or directory that an option tells regfsck to write to. */
export interface OwnFile {
  /** The option, such as `--state`. */
  readonly flag: string
  readonly path: string
}

/** Storage that is scanned. */
export interface ScannedStorage {
  readonly root: string
  /** `docker/registry/v2` below it. */
  readonly v2: string
}

/** What a run writes to. */
export function ownFilesOf(request: {
  readonly state?: string | undefined
  readonly outputs: readonly { readonly file: string | undefined }[]
  readonly metrics?: { readonly textfile: string | undefined } | undefined
  readonly api: { readonly manifestCacheIn: string | undefined }
}): readonly OwnFile[] {
  const places: readonly (readonly [string, string | undefined])[] = [
    ['--state', request.state],
    ...request.outputs.map(({ file }) => ['--output', file] as const),
    ['--textfile', request.metrics?.textfile],
    ['--manifest-cache', request.api.manifestCacheIn],
  ]
  return places.flatMap(([flag, path]) => (path === undefined ? [] : [{ flag, path }]))
}

/**
 * Refuses options that would write into a registry.
 *
 * @throws {UsageError} with a line for each path inside a registry
 */
export function requireOutsideRegistries(files: readonly OwnFile[], scanned: readonly ScannedStorage[]): void {
  const problems = files.flatMap(({ flag, path }) => {
    const why = whyInsideRegistry(path, { scanned })
    return why === undefined ? [] : [`${flag}: ${why}`]
  })
  if (problems.length > 0) throw new UsageError([...new Set(problems)])
}

/**
 * Why regfsck must not write to a path: it is inside a registry's storage, possibly by another name.
 *
 * @param among.scanned storage that is scanned: nothing below its root may be written
 * @param among.targets paths that will be searched for storage; read only if one of them contains the path
 */
export function whyInsideRegistry(
  path: string,
  among: { readonly scanned?: readonly ScannedStorage[]; readonly targets?: readonly string[] },
): string | undefined {
  const place = nearestPlace(path)
  const marks = new Set((among.scanned ?? []).flatMap(marksOf))
  const registry = upwards(place).find(
    (directory) => marks.has(identityOf(directory) ?? '') || isStorage(directory) || isTarget(directory, among),
  )
  return registry === undefined
    ? undefined
    : `${path} is inside the registry's storage at ${registry}, which regfsck never writes to: choose another place`
}

/** The path without symbolic links, or its nearest existing parent. */
function nearestPlace(path: string): string {
  for (let at = path; ; at = dirname(at)) {
    try {
      return destinationOf(at)
    } catch (error) {
      if (dirname(at) === at) throw error
    }
  }
}

/** A directory and its parents, without `/`, which is never a registry's storage. */
function upwards(path: string): string[] {
  return path === '/' ? [] : [path, ...upwards(dirname(path))]
}

/** Identities of directories that recognise storage by any path, for example if it is mounted twice. */
function marksOf({ root, v2 }: ScannedStorage): string[] {
  const home = /^(.*)\/docker\/registry\/v2\/*$/.exec(v2)?.[1]
  const directories = [root, v2, `${v2}/blobs`, `${v2}/blobs/sha256`, `${v2}/repositories`]
  return [...directories, ...(home ? [home] : [])].flatMap((directory) => identityOf(directory) ?? [])
}

function identityOf(directory: string): string | undefined {
  const stats = statsOf(directory)
  return stats?.isDirectory() ? `${stats.dev}:${stats.ino}` : undefined
}

/** Whether it is the `docker/registry/v2` of any registry, scanned or not. */
function isStorage(directory: string): boolean {
  return isDirectory(`${directory}/repositories`) && isDirectory(`${directory}/blobs/sha256`)
}

function isTarget(directory: string, { targets = [] }: { readonly targets?: readonly string[] }): boolean {
  if (targets.length === 0 || !isDirectory(`${directory}/docker/registry/v2`)) return false
  return targets.some((target) => {
    const place = nearestPlace(target)
    return place === directory || isBelow(place, directory) || isBelow(directory, place)
  })
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`)
}

function isDirectory(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
