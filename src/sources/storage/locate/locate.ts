import { once } from 'node:events'
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { UncheckedRecord } from '../../../check/records.ts'
import { TargetError, unreadableCode } from '../../../check/source.ts'
import { storeError } from '../../drivers/filesystem/system-error.ts'
import { enclosingRegistry } from './enclosing-registry.ts'
import {
  type FoundRegistry,
  isDirectory,
  isV2,
  join,
  LAYOUTS,
  type Layout,
  layoutAt,
  registryAt,
  registryOf,
  V2,
} from './registry-at.ts'
import { LEVELS, Search, type SearchOptions } from './search-below.ts'

export type { FoundRegistry } from './registry-at.ts'

/** The registries at a path. */
export interface Located {
  readonly found: readonly FoundRegistry[]
  readonly unchecked: readonly UncheckedRecord[]
}

/** How registries are located. */
export type LocateOptions = Pick<SearchOptions, 'followSymlinks' | 'isExcluded'>

/**
 * Finds the registries at a path: itself a root, a mount of a part of one, `docker/registry/v2` itself, or a parent of several,
 * at most 4 levels up.
 *
 * @throws {TargetError} with what was searched for, or with the root that was probably meant
 */
export async function locateRegistries(path: string, options: LocateOptions): Promise<Located> {
  requireDirectory(path)
  const target = path.length > 1 ? path.replace(/\/+$/, '') : path
  refusePart(target, [V2])
  const own = layoutAt(target)
  if (own !== undefined) {
    const registry = registryAt(target, own, options.followSymlinks)
    return { found: [registry], unchecked: await otherRegistries(target, own, options) }
  }
  if (isV2(target)) return { found: [registryOf(target)], unchecked: [] }
  // Only now: directories called `blobs` and `repositories` may be registries themselves.
  refusePart(target, [...LAYOUTS, ''])
  return locateBelow(target, options)
}

/** @throws {TargetError} if the target is inside a registry */
function refusePart(target: string, layouts: Parameters<typeof enclosingRegistry>[1]): void {
  const around = enclosingRegistry(target, layouts)
  if (around === undefined) return
  const only = around.repository === undefined ? '' : ` --repositories ${around.repository}`
  throw new TargetError(
    `${target} is inside a registry; its root is ${around.root}: scan that (regfsck scan ${around.root}${only})`,
    { because: 'not_found' },
  )
}

/** Limits, in directories and milliseconds, of the search for other registries next to one: nobody asked for those. */
const MOST_BESIDE = 1000
const TIME_BESIDE = 2000

/** Other registries below the root of a registry: reported, not scanned. */
async function otherRegistries(
  target: string,
  own: Layout,
  options: LocateOptions,
): Promise<readonly UncheckedRecord[]> {
  const end = new AbortController()
  const search = new Search(target, { ...options, most: MOST_BESIDE, signal: end.signal })
  const late = setTimeout(() => {
    end.abort()
  }, TIME_BESIDE)
  // A directory on a hanging disk must not delay the registry.
  await Promise.race([search.run(own), once(end.signal, 'abort')])
  clearTimeout(late)
  const others = search.found.map(({ root }) =>
    notSearched(root, 'is another registry and was not scanned: add it as a target'),
  )
  const cut = search.isCut
    ? [notSearched(target, 'has too many other directories: not all of them were searched for registries')]
    : []
  return [...others, ...search.passedOver, ...search.unreadable.map(asNeighbour), ...cut]
}

async function locateBelow(target: string, options: LocateOptions): Promise<Located> {
  const search = new Search(target, options)
  await search.run(undefined)
  const { found, unreadable, passedOver, excluded } = search
  if (found.length > 0) {
    // A directory without permission belongs to somebody else. One that fails otherwise may be a registry.
    const named = unreadable.map((record) => (record.because === 'STORE_DENIED' ? asNeighbour(record) : record))
    return { found: found.sort((a, b) => (a.root < b.root ? -1 : 1)), unchecked: [...named, ...passedOver] }
  }
  const [first] = unreadable
  if (first !== undefined)
    throw new TargetError(`${first.path ?? target} ${first.detail ?? 'cannot be read'}`, {
      because: first.because === 'STORE_DENIED' ? 'forbidden' : 'storage',
    })
  if (excluded > 0)
    throw new TargetError(`--exclude-target leaves none of the ${excluded} registries at ${target}`, {
      because: 'not_found',
    })
  const left = passedOver.length === 0 ? '' : `; not searched: ${passedOver.map(({ path }) => path).join(', ')}`
  throw new TargetError(
    `no registry at ${target}: looked for ${V2} (the layout of distribution's filesystem driver) there and up to ${LEVELS} levels below${half(target)}${left}`,
    // A volume that is not mounted leaves an empty directory, or none: pulls from it fail too.
    { because: 'storage' },
  )
}

/** A directory with only one half of a registry may be something else, or the other half is not mounted. */
function half(target: string): string {
  for (const place of ['', 'v2', 'registry/v2'].map((part) => (part === '' ? target : join(target, part))))
    for (const [there, missing] of [
      ['repositories', 'blobs'],
      ['blobs', 'repositories'],
    ] as const)
      if (isDirectory(join(place, there)))
        return `; ${place} has ${there} but no ${missing}, so it is not a registry: is it mounted?`
  return ''
}

function asNeighbour({ path = '', detail = 'cannot be read' }: UncheckedRecord): UncheckedRecord {
  return notSearched(path, `${detail}: not searched for registries`)
}

function notSearched(path: string, detail: string): UncheckedRecord {
  return { repository: undefined, path: resolve(path), because: 'NOT_SEARCHED', detail }
}

function requireDirectory(path: string): void {
  try {
    if (statSync(path).isDirectory()) return
  } catch (cause) {
    const failure = storeError(cause, path)
    const missing = cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
    throw new TargetError(missing ? `no such directory: ${path}` : `${path} ${failure.message} [${failure.code}]`, {
      cause,
      because: missing ? 'storage' : unreadableCode(failure),
    })
  }
  throw new TargetError(`${path} is a file: a registry's storage is a directory that holds ${V2}`, {
    because: 'unsupported',
  })
}
