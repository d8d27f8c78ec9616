import type { Rules } from '../../check/rules.ts'
import type { RunningImages } from '../../check/running/running-images.ts'
import { ImageFindings, type UseRules } from '../../references/image-findings.ts'
import type { ImageNeed } from '../../references/needs.ts'
import type { Credential } from '../../sources/api/auth/credentials.ts'
import type { ApiHost } from '../../sources/api/client/host.ts'
import { originOnLoopback } from '../../sources/api/connect/plain-http.ts'
import type { Traffic } from '../../sources/api/http/traffic.ts'
import type { ApiRequest } from '../options/api-request.ts'
import type { Io } from '../process/io.ts'
import { askRegistry, credentialOf, hostOf, manifestCacheOf, placeOf, userAgentOf } from '../run/ask-registry.ts'
import type { Job } from '../run/job.ts'
import type { HostDepths } from './host-depths.ts'
import { MirrorPool, ServedBy } from './mirror-pool.ts'
import type { MirrorsByHost } from './mirrors.ts'
import type { Wanted } from './wanted.ts'

/** How images are checked. */
export interface ImageCheck {
  readonly rules: Rules
  readonly api: ApiRequest
  readonly use: UseRules
  /** Missing: all at the depth of the rules. */
  readonly hostDepths?: HostDepths | undefined
  /** Missing: there are none. */
  readonly mirrors?: MirrorsByHost | undefined
}

/** A job for each image, in their order, and the end of the connections that they share. */
export interface ImageJobs {
  readonly jobs: readonly Job[]
  readonly close: () => Promise<void>
}

/** Makes a job of each image. All images of a registry share one pool of connections and its rate limit. */
export async function imageJobs(
  images: readonly Wanted[],
  request: ImageCheck,
  { io, version, traffic }: { readonly io: Io; readonly version: string; readonly traffic?: Traffic | undefined },
): Promise<ImageJobs> {
  const manifestCache = manifestCacheOf(request.api, io)
  const about = { env: io.env, userAgent: userAgentOf(version) }
  const hosts = new Map<string, ApiHost>()
  // A registry with several credentials gets a pool for each.
  const hostAt = (origin: string, repository: string, own: Credential | undefined): ApiHost => {
    const credential = own ?? credentialOf(origin, [repository], request.api, io.env)
    const key = `${origin} ${placeOf(credential)}`
    const host = hosts.get(key) ?? hostOf(origin, request.api, about, credential)
    hosts.set(key, host)
    return host
  }
  const pool = new MirrorPool(request.mirrors, request.api, about)
  const origins = await originsOf(images, io.signal)
  const jobs = images.map((image): Job => {
    const { text, repository, wanted } = image
    const origin = (image.mayBePlain === true ? origins.get(image.origin) : undefined) ?? image.origin
    const registry = new URL(origin).host
    const running = image.need && runningIn(image.need, request.use)
    const only = { repository, reference: wanted, running }
    const depth = request.hostDepths?.get(registry) ?? request.rules.depth
    const served = pool.isMirrored(registry) ? new ServedBy() : undefined
    const findings = image.need && new ImageFindings(image.need, request.use)
    return {
      info: { target: text, registry, kind: 'api', pullThrough: false },
      unlisted: [],
      depth,
      rulesFor: () => ({ ...request.rules, depth, platform: image.platform }),
      extend: (event) => (findings?.take(event) ?? [event]).map((each) => served?.on(each) ?? each),
      open: () =>
        askRegistry(origin, request.api, {
          ...about,
          registry,
          host: hostAt(origin, repository, image.credential?.()),
          fetching: 'allowed',
          only,
          mirrors: served && { hosts: pool.mirrorsOf(registry, repository), onServed: served.add },
          manifestCache,
          traffic,
        }),
    }
  })
  return {
    jobs,
    close: async () => {
      await Promise.all([...hosts.values(), pool].map((each) => each.close()))
    },
  }
}

/** What is compared with the image; `undefined`: nothing. */
function runningIn({ running }: ImageNeed, { moved }: UseRules): RunningImages | undefined {
  return running.length === 0 || moved === undefined ? undefined : { images: running, moved }
}

/** The origins of registries on this machine, which may use TLS or plain HTTP, by name. */
async function originsOf(images: readonly Wanted[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const open = new Set(images.flatMap(({ origin, mayBePlain }) => (mayBePlain === true ? [origin] : [])))
  return new Map(
    await Promise.all([...open].map(async (origin) => [origin, await originOnLoopback(origin, signal)] as const)),
  )
}
