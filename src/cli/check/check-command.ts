import type { TargetInfo } from '../../check/events.ts'
import type { Depth } from '../../check/rules.ts'
import { fileEvents } from '../../references/file-events.ts'
import { ImageFindings } from '../../references/image-findings.ts'
import type { LeftOut } from '../../references/read.ts'
import { harmless } from '../../report/escape.ts'
import type { ApiHost } from '../../sources/api/client/host.ts'
import { originOnLoopback } from '../../sources/api/connect/plain-http.ts'
import { ownFilesOf, requireOutsideRegistries } from '../files/own-files.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { askRegistry, credentialOf, hostOf, manifestCacheOf, placeOf, userAgentOf } from '../run/ask-registry.ts'
import type { Job } from '../run/job.ts'
import { runJobs } from '../run/run.ts'
import type { CheckRequest } from './check-request.ts'
import type { Deployed } from './deployed.ts'
import { Proofs } from './proofs.ts'
import type { Wanted } from './wanted.ts'

/**
 * Checks single images end to end. Stdout lists the proved images as `name@sha256:…`, one a line, so that a pipeline can
 * pin or promote exactly these; the table goes to stderr. With `--output`, stdout is for the outputs.
 */
export async function checkCommand(request: CheckRequest, io: Io, version: string): Promise<ExitCode> {
  requireOutsideRegistries(ownFilesOf(request), [])
  const { deployed } = request
  const proofs = new Proofs(request.images, request.expected)
  // The default table goes to stderr; a result that could not be written to its file goes to stdout.
  const results = request.outputs.some(({ file }) => file === undefined) && request.printsProofs ? io.stderr : io.stdout
  const manifestCache = manifestCacheOf(request.api, io)
  const about = { env: io.env, userAgent: userAgentOf(version) }
  // All images of a registry share one pool of connections and its rate limit.
  const hosts = new Map<string, ApiHost>()
  // A registry with several credentials gets a pool for each.
  const hostAt = (origin: string, repository: string): ApiHost => {
    const credential = credentialOf(origin, [repository], request.api, io.env)
    const key = `${origin} ${placeOf(credential)}`
    const host = hosts.get(key) ?? hostOf(origin, request.api, about, credential)
    hosts.set(key, host)
    return host
  }
  const origins = await originsOf(request.images, io.signal)
  const jobs = request.images.map((image): Job => {
    const { text, repository, wanted } = image
    const origin = (image.mayBePlain === true ? origins.get(image.origin) : undefined) ?? image.origin
    const registry = new URL(origin).host
    const only = { repository, reference: wanted }
    const findings = image.need && new ImageFindings(image.need, request.use)
    return {
      info: { target: text, registry, kind: 'api', pullThrough: false },
      unlisted: [],
      rulesFor: () => ({ ...request.rules, platform: image.platform }),
      extend: findings && ((event) => findings.take(event)),
      open: () =>
        askRegistry(origin, request.api, {
          ...about,
          registry,
          host: hostAt(origin, repository),
          fetching: 'allowed',
          only,
          manifestCache,
        }),
    }
  })
  if (!request.quiet)
    for (const sentence of deployed?.leftOut.map(leftOutText) ?? []) io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  const code = await runJobs(jobs, request, {
    io,
    version,
    results,
    lastTarget: deployed && fileEvents(deployed, infoOf(deployed, request.depth)),
    onEvent: (event) => {
      proofs.take(event)
    },
  })
  await Promise.all([...hosts.values()].map((host) => host.close()))
  if (request.printsProofs && code !== 5) for (const proof of proofs.proved()) io.stdout.write(`${harmless(proof)}\n`)
  const problems = proofs.problems()
  for (const problem of problems) io.stderr.write(`regfsck: ${harmless(problem)}\n`)
  return problems.length > 0 && (code === 0 || code === 3) ? 1 : code
}

/** The files of `--from`, as a target. */
function infoOf({ paths }: Deployed, depth: Depth): TargetInfo {
  return { target: paths.join(', '), registry: 'references', kind: 'references', depth, pullThrough: false }
}

function leftOutText({ place, what, because }: LeftOut): string {
  return `${place.file}:${place.line}: ${what} is not checked: ${because}`
}

/** The origins of registries on this machine, which may use TLS or plain HTTP, by name. */
async function originsOf(images: readonly Wanted[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const open = new Set(images.flatMap(({ origin, mayBePlain }) => (mayBePlain === true ? [origin] : [])))
  return new Map(
    await Promise.all([...open].map(async (origin) => [origin, await originOnLoopback(origin, signal)] as const)),
  )
}
