import { basename, resolve } from 'node:path'
import type { ClaimingSource } from '../../check/against/against.ts'
import { TargetError } from '../../check/source.ts'
import { harmless } from '../../report/escape.ts'
import type { Traffic } from '../../sources/api/http/traffic.ts'
import type { ManifestCache } from '../../sources/api/store/manifest-cache.ts'
import { filesystemSource } from '../../sources/storage/filesystem-source.ts'
import { type FoundRegistry, locateRegistries } from '../../sources/storage/locate/locate.ts'
import { threadPool } from '../../sources/storage/thread-pool.ts'
import { ownFilesOf, requireOutsideRegistries } from '../files/own-files.ts'
import { targetText } from '../options/target.ts'
import { UsageError } from '../options/usage-error.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { stopSignal } from '../process/stop-signal.ts'
import type { Job } from '../run/job.ts'
import { parentMessages } from '../run/parent-messages.ts'
import { runJobs } from '../run/run.ts'
import type { ScanRequest } from './scan-request.ts'

/** Scans every target and reports. */
export async function scanCommand(request: ScanRequest, outer: Io, version: string): Promise<ExitCode> {
  const jobs: Job[] = []
  const { parent } = request.sendsToParent ? outer : {}
  const messages = parent && parentMessages(parent)
  const io = parent ? { ...outer, signal: stopSignal([outer.signal, parent.gone]).signal } : outer
  const located: FoundRegistry[] = []
  const cache: { manifests: ManifestCache | undefined } = { manifests: undefined }
  const how = {
    request,
    io,
    located,
    manifestCache: () => cache.manifests,
    version,
    traffic: messages?.traffic,
  }
  for (const target of request.targets)
    jobs.push(...(target.is === 'registry' ? [apiJob(target.url, how)] : await diskJobs(target.path, how)))
  if (request.against !== undefined && jobs.length > 1)
    throw new UsageError([
      `--against: there are ${jobs.length} registries below ${request.targets.map(targetText).join()}: scan the one that ${request.against} serves`,
    ])
  if (request.registryUrl !== undefined && jobs.length > 1)
    throw new UsageError([
      `--registry-url: there are ${jobs.length} registries below ${request.targets.map(targetText).join()}: scan one at a time`,
    ])
  requireDistinct(jobs, request.registry)
  requireKnown(request.declaredCaches, jobs)
  requireOutsideRegistries(ownFilesOf(request), located)
  if (request.api.manifestCacheIn !== undefined)
    cache.manifests = (await import('../run/ask-registry.ts')).manifestCacheOf(request.api, io)
  const code = await runJobs(jobs, request, {
    io,
    version,
    results: io.stdout,
    ...(messages && { onEvent: messages.event }),
    notFound: () => (jobs.length > 1 ? inNone(jobs, ['--repositories', '--repositories-from']) : []),
  })
  for (const sentence of inNone(jobs, ['--exclude', '--sparse'])) io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  await messages?.finish()
  return code
}

/** What the scans of all targets share. */
interface Looking {
  readonly request: ScanRequest
  readonly io: Io
  /** Storage that was found. Nothing may be written into it. */
  readonly located: FoundRegistry[]
  /** Call it after the cache directory is known to be outside the scanned storage. */
  readonly manifestCache: () => ManifestCache | undefined
  readonly version: string
  readonly traffic: Traffic | undefined
}

async function diskJobs(target: string, how: Looking): Promise<Job[]> {
  const { request } = how
  try {
    const { found, unchecked } = await locateRegistries(target, {
      followSymlinks: request.followSymlinks,
      isExcluded: request.isExcludedTarget,
    })
    how.located.push(...found)
    return found.map((registry, n) => {
      const label = request.registry ?? registry.label
      const pullThrough = registry.pullThrough || request.declaresCache(label)
      return {
        info: { target: registry.root, registry: label, kind: 'distribution', pullThrough },
        unlisted: n === 0 ? unchecked : [],
        rulesFor: request.rulesFor(pullThrough),
        selection: request.newSelection(),
        open: async () => {
          if (request.against === undefined) return readStorage(registry, label, how)
          const { against } = await import('../../check/against/against.ts')
          const api = await ask(request.against, label, { ...how, pullThrough })
          return against(await readStorage(registry, label, how), api)
        },
      }
    })
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    const registry = request.registry ?? basename(resolve(target))
    return [
      {
        info: { target, registry, kind: 'distribution', pullThrough: false },
        unlisted: [],
        rulesFor: () => undefined,
        open: () => {
          throw error
        },
      },
    ]
  }
}

function readStorage(
  registry: FoundRegistry,
  label: string,
  { request, io }: Looking,
): ReturnType<typeof filesystemSource> {
  return filesystemSource(registry, {
    registry: label,
    followSymlinks: request.followSymlinks,
    garbage: request.garbage,
    now: io.now,
    pool: (data) => threadPool(data, request.threads),
  })
}

function apiJob(target: string, how: Looking): Job {
  const { request } = how
  const registry = request.registry ?? new URL(target).host
  const pullThrough = request.declaresCache(registry)
  return {
    info: { target, registry, kind: 'api', pullThrough },
    unlisted: [],
    rulesFor: request.rulesFor(pullThrough),
    selection: request.newSelection(),
    open: () => ask(target, registry, { ...how, pullThrough }),
  }
}

/** Its code is loaded only here: it is half of the code of a scan, and a scan of storage does not need it. */
async function ask(
  url: string,
  registry: string,
  { request, io, manifestCache, version, traffic, pullThrough }: Looking & { readonly pullThrough: boolean },
): Promise<ClaimingSource> {
  const { askRegistry, userAgentOf } = await import('../run/ask-registry.ts')
  const unlessAllowed = pullThrough ? 'refused' : 'unless-cache'
  const { api } = request
  // With `--against`, the API is asked for the repositories in storage, and may know none of them.
  const asked = request.against === undefined ? api : { ...api, repositories: undefined, listsCatalog: true }
  return askRegistry(url, asked, {
    registry,
    env: io.env,
    manifestCache: manifestCache(),
    userAgent: userAgentOf(version),
    traffic,
    fetching: request.api.allowFetch ? 'allowed' : unlessAllowed,
  })
}

/** @throws {UsageError} if `--pull-through` names no target */
function requireKnown(caches: readonly string[], jobs: readonly Job[]): void {
  const labels = jobs.map(({ info }) => info.registry)
  const unknown = caches.filter((name) => !labels.includes(name))
  if (unknown.length > 0)
    throw new UsageError([
      `--pull-through: no target is called ${listed(unknown)}; use the name in the report, here ${listed(labels)}`,
    ])
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}

/** Sentences about patterns that match nothing in any target. Empty until all are listed. */
function inNone(jobs: readonly Job[], options: readonly string[]): readonly string[] {
  const unmatched = jobs.map(({ selection }) => selection?.unmatched)
  return [...(unmatched[0] ?? [])]
    .filter((pattern) => options.includes(pattern.option) && unmatched.every((each) => each?.has(pattern) === true))
    .map(({ option, text }) => `${option}: ${JSON.stringify(text)} matches no repository`)
}

/** @throws {UsageError} if two registries would have the same name */
function requireDistinct(jobs: readonly Job[], named: string | undefined): void {
  const labels = jobs.map(({ info }) => info.registry)
  const twice = labels.find((label, n) => labels.indexOf(label) !== n)
  if (twice === undefined) return
  const paths = jobs.filter(({ info }) => info.registry === twice).map(({ info }) => info.target)
  const what =
    named === undefined ? `would all be called ${JSON.stringify(twice)}` : 'cannot all have the name of --registry'
  throw new UsageError([`${paths.join(', ')} ${what}: scan them one by one, each with --registry NAME`])
}
