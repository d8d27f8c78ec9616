import { useText } from '../../check/findings/phrases.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import type { Rules } from '../../check/rules.ts'
import type { RunningImages } from '../../check/running/running-images.ts'
import { type Source, TargetError } from '../../check/source.ts'
import { ImageFindings, type UseRules } from '../../references/image-findings.ts'
import type { ImageNeed } from '../../references/needs.ts'
import { harmless } from '../../report/escape.ts'
import { limitText, type PullLimit } from '../../sources/api/client/pull-limit.ts'
import { originOnLoopback } from '../../sources/api/connect/plain-http.ts'
import type { Traffic } from '../../sources/api/http/traffic.ts'
import type { PullPlaces } from '../../sources/api/source.ts'
import type { ApiRequest } from '../options/api-request.ts'
import type { Io } from '../process/io.ts'
import { BlockedSource } from '../pull-sources/blocked-source.ts'
import { HostPool, ServedBy } from '../pull-sources/host-pool.ts'
import { PullCounter } from '../pull-sources/pull-counter.ts'
import type { PullRoute } from '../pull-sources/pull-source.ts'
import { routesOf } from '../pull-sources/routes.ts'
import type { Runtime } from '../pull-sources/runtime.ts'
import { askRegistry, manifestCacheOf, userAgentOf } from '../run/ask-registry.ts'
import type { Job } from '../run/job.ts'
import { BuiltImage } from './built-image.ts'
import type { HostDepths } from './host-depths.ts'
import type { Wanted } from './wanted.ts'

/** How images are checked. */
export interface ImageCheck {
  readonly rules: Rules
  readonly api: ApiRequest
  readonly use: UseRules
  /** Missing: all at the depth of the rules. */
  readonly hostDepths?: HostDepths | undefined
  /** Missing: each image is pulled from its registry. */
  readonly runtime?: Runtime | undefined
}

/** A job for each image, in their order, and the end of the connections that they share. */
export interface ImageJobs {
  readonly jobs: readonly Job[]
  readonly close: () => Promise<void>
}

/**
 * Makes a job of each image. All images of a registry share one pool of connections and its rate limit.
 *
 * @throws {UsageError} if a file about where the runtime pulls from cannot be used
 */
export async function imageJobs(
  images: readonly Wanted[],
  request: ImageCheck,
  { io, version, traffic }: { readonly io: Io; readonly version: string; readonly traffic?: Traffic | undefined },
): Promise<ImageJobs> {
  const manifestCache = manifestCacheOf(request.api, io)
  const about = { env: io.env, userAgent: userAgentOf(version) }
  const say = (sentence: string): void => {
    io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  }
  const routes = await routesOf(images, request.runtime, say)
  const pool = new HostPool(request.api, about, (host, limit) => {
    const sentence = tooFewPulls(host, limit, images)
    if (sentence !== undefined) say(sentence)
  })
  const origins = await originsOf(images, routes, io.signal)
  const jobs = images.map((image, n): Job => {
    const { text, repository, wanted } = image
    const route = routes[n]
    const origin = (image.mayBePlain === true ? origins.get(image.origin) : undefined) ?? image.origin
    const registry = new URL(origin).host
    const running = image.need && runningIn(image.need, request.use)
    const only = { repository, reference: wanted, running }
    const depth = request.hostDepths?.get(registry) ?? request.rules.depth
    const pulls = new PullCounter()
    const served = route?.is === 'sources' ? new ServedBy() : undefined
    const findings = image.need && new ImageFindings(image.need, request.use)
    const built = image.need?.isBuilt ? new BuiltImage(image) : undefined
    const open = (): Source => {
      if (route?.is === 'unresolved') throw new TargetError(route.because, { because: 'not_found' })
      if (route?.is === 'blocked')
        return new BlockedSource(image, { by: route.by, registry, usedBy: image.need?.uses.map(useText) ?? [] })
      const own = image.credential?.()
      const places = route && { ...placesOf(route, { pool, origins, own }), onServed: served?.add ?? (() => undefined) }
      const last = places?.inOrder.at(-1)?.at ?? pool.registryAt(origin, repository, own)
      const ask = {
        ...about,
        registry,
        host: last.host,
        fetching: 'allowed',
        only,
        places,
        manifestCache,
        traffic,
        onPull: pulls.add,
      } as const
      return askRegistry(last.url, request.api, ask)
    }
    return {
      info: { target: text, registry, kind: 'api', pullThrough: false },
      unlisted: route?.is === 'sources' ? unknownIn(route) : [],
      depth,
      rulesFor: () => ({ ...request.rules, depth, platform: image.platform }),
      extend: (event) =>
        (findings?.take(event) ?? [event])
          .map((each) => pulls.on(served?.on(each) ?? each))
          .flatMap((each) => built?.take(each) ?? [each]),
      open,
    }
  })
  return { jobs, close: () => pool.close() }
}

/** Each image costs one pull or more. */
function tooFewPulls(host: string, limit: PullLimit, images: readonly Wanted[]): string | undefined {
  const count = images.filter(({ origin }) => new URL(origin).host === host).length
  if (count <= limit.remaining) return undefined
  return `${host} allows ${limitText(limit)}, and ${limit.remaining} are left for ${count} images: the rest will be unchecked. With --manifest-cache, a manifest that is known costs none`
}

type Sources = Extract<PullRoute, { is: 'sources' }>

function placesOf(
  { sources, isOneForAll }: Sources,
  how: {
    readonly pool: HostPool
    readonly origins: ReadonlyMap<string, string>
    readonly own: ReturnType<NonNullable<Wanted['credential']>>
  },
): Omit<PullPlaces, 'onServed'> {
  const inOrder = sources.map((source) =>
    how.pool.placeOf(source, source.mayBePlain === true ? plainUrl(source.url, how.origins) : source.url, how.own),
  )
  return { inOrder, isOneForAll }
}

/** A setting whose effect is not known may make the image unpullable. */
function unknownIn({ unknown }: Sources): readonly UncheckedRecord[] {
  return unknown.map(({ place, what }) => ({
    repository: undefined,
    path: place,
    because: 'SETTING_UNKNOWN',
    detail: what,
  }))
}

/** What is compared with the image; `undefined`: nothing. */
function runningIn({ running }: ImageNeed, { moved }: UseRules): RunningImages | undefined {
  return running.length === 0 || moved === undefined ? undefined : { images: running, moved }
}

/** The origins of hosts that may use TLS or plain HTTP, by the origin with TLS. */
async function originsOf(
  images: readonly Wanted[],
  routes: readonly (PullRoute | undefined)[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const own = images.flatMap(({ origin, mayBePlain }) => (mayBePlain === true ? [origin] : []))
  const others = routes.flatMap((route) =>
    route?.is === 'sources'
      ? route.sources.flatMap(({ url, mayBePlain }) => (mayBePlain === true ? [withTls(url).origin] : []))
      : [],
  )
  return new Map(
    await Promise.all(
      [...new Set([...own, ...others])].map(
        async (origin) => [origin, await originOnLoopback(origin, signal)] as const,
      ),
    ),
  )
}

function withTls(url: string): URL {
  return new URL(url.replace(/^http:/, 'https:'))
}

/** The URL with the scheme that the host speaks. */
function plainUrl(url: string, origins: ReadonlyMap<string, string>): string {
  const { origin, pathname } = withTls(url)
  return `${origins.get(origin) ?? origin}${pathname.replace(/\/$/, '')}`
}
