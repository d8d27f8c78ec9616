import { basename, resolve } from 'node:path'
import type { UncheckedRecord } from '../../check/records.ts'
import { type Source, TargetError } from '../../check/source.ts'
import type { TargetKind } from '../../check/target-kind.ts'
import type { ManifestCache } from '../../sources/api/store/manifest-cache.ts'
import { filesystemSource } from '../../sources/storage/filesystem-source.ts'
import { type FoundRegistry, locateRegistries } from '../../sources/storage/locate/locate.ts'
import { threadPool } from '../../sources/storage/thread-pool.ts'
import { requireOutsideRegistries } from '../files/own-files.ts'
import { UsageError } from '../options/usage-error.ts'
import type { Io } from '../process/io.ts'
import type { ReachableRequest } from './reachable-request.ts'

/** A registry that is asked. */
export interface ReachTarget {
  readonly target: string
  /** Its name. */
  readonly registry: string
  readonly kind: TargetKind
  /** Where clients reach it, if that is known. */
  readonly url: string | undefined
  /** Places that could not be listed during the search for registries. */
  readonly unlisted: readonly UncheckedRecord[]
  /** @throws {TargetError} if it cannot be read */
  open(): Source | Promise<Source>
}

/**
 * Finds the registries of a request.
 * @throws {UsageError} if they cannot be told apart, or something is to be written into one
 */
export async function targetsOf(request: ReachableRequest, io: Io, version: string): Promise<readonly ReachTarget[]> {
  const found: ReachTarget[] = []
  const located: FoundRegistry[] = []
  const cache: { manifests: ManifestCache | undefined } = { manifests: undefined }
  for (const target of request.targets)
    if (target.is === 'registry') found.push(apiTarget(target.url, request, { io, version, cache }))
    else found.push(...(await diskTargets(target.path, request, { io, located })))
  requireDistinct(found)
  requireOne(found, request)
  const places = request.outputs.flatMap(({ file }) => (file === undefined ? [] : { flag: '--output', path: file }))
  const cached = request.api.manifestCacheIn
  const written = cached === undefined ? places : [...places, { flag: '--manifest-cache', path: cached }]
  requireOutsideRegistries(written, located)
  if (cached !== undefined) cache.manifests = (await import('../run/ask-registry.ts')).manifestCacheOf(request.api, io)
  return found
}

function apiTarget(
  url: string,
  request: ReachableRequest,
  how: { readonly io: Io; readonly version: string; readonly cache: { readonly manifests: ManifestCache | undefined } },
): ReachTarget {
  const registry = request.registry ?? new URL(url).host
  return {
    target: url,
    registry,
    kind: 'api',
    url: request.registryUrl ?? url,
    unlisted: [],
    open: async () => {
      const { askRegistry, userAgentOf } = await import('../run/ask-registry.ts')
      return askRegistry(url, request.api, {
        registry,
        env: how.io.env,
        manifestCache: how.cache.manifests,
        userAgent: userAgentOf(how.version),
        fetching: request.api.allowFetch ? 'allowed' : 'unless-cache',
      })
    },
  }
}

async function diskTargets(
  path: string,
  request: ReachableRequest,
  { io, located }: { readonly io: Io; readonly located: FoundRegistry[] },
): Promise<readonly ReachTarget[]> {
  const { followSymlinks, isExcludedTarget: isExcluded, registryUrl: url, threads } = request
  try {
    const { found, unchecked } = await locateRegistries(path, { followSymlinks, isExcluded })
    located.push(...found)
    return found.map((place, n) => {
      const registry = request.registry ?? place.label
      const pool = (data: Parameters<typeof threadPool>[0]): ReturnType<typeof threadPool> => threadPool(data, threads)
      return {
        target: place.root,
        registry,
        kind: 'distribution',
        url,
        unlisted: n === 0 ? unchecked : [],
        open: () => filesystemSource(place, { registry, followSymlinks, garbage: false, now: io.now, pool }),
      }
    })
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    const registry = request.registry ?? basename(resolve(path))
    const open = (): never => {
      throw error
    }
    return [{ target: path, registry, kind: 'distribution', url, unlisted: [], open }]
  }
}

/** @throws {UsageError} if two registries would have the same name */
function requireDistinct(targets: readonly ReachTarget[]): void {
  const names = targets.map(({ registry }) => registry)
  const twice = names.find((name, n) => names.indexOf(name) !== n)
  if (twice === undefined) return
  const paths = targets.filter(({ registry }) => registry === twice).map(({ target }) => target)
  throw new UsageError([
    `${paths.join(', ')} would all be called ${JSON.stringify(twice)}: ask about them one by one, each with --registry NAME`,
  ])
}

/** @throws {UsageError} if a list or a URL is about one registry, and there are several */
function requireOne(
  targets: readonly ReachTarget[],
  { printsProtectList, registryUrl, without }: ReachableRequest,
): void {
  if (targets.length <= 1) return
  const flags = Object.entries({
    '--protect-list': printsProtectList,
    '--registry-url': registryUrl !== undefined,
    '--without-tags': without.size > 0,
  })
  const problems = flags.flatMap(([flag, isGiven]) =>
    isGiven ? `${flag}: is about one registry, and there are ${targets.length}: ask about them one by one` : [],
  )
  if (problems.length > 0) throw new UsageError(problems)
}
