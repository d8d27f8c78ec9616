import { basename, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScanEvent } from '../check/events.ts'
import type { UncheckedRecord } from '../check/judge.ts'
import { scan } from '../check/scan.ts'
import { type Source, TargetError } from '../check/source.ts'
import { harmless } from '../report/escape.ts'
import { type Credential, credentialFor } from '../sources/api/credentials.ts'
import { apiSource } from '../sources/api/source.ts'
import { threadCrew } from '../sources/disk/crew.ts'
import { type FoundRegistry, locateRegistries } from '../sources/disk/locate.ts'
import { diskSource } from '../sources/disk/source.ts'
import { type ExitCode, exitCodeOf } from './exit-code.ts'
import type { Io } from './io.ts'
import { logTo } from './log.ts'
import { openOutput } from './outputs.ts'
import { progressOn } from './progress.ts'
import { isUrl, type ScanRequest } from './scan-request.ts'
import { Tally } from './tally.ts'
import { UsageError } from './usage-error.ts'

/** Milliseconds for what is under way when a signal comes. */
const PATIENCE = 1500
/** Milliseconds for threads to end. One that waits for a disk that does not answer cannot. */
const CLOSING = 500

/** Scan every target, one after the other, and report. */
export async function scanCommand(request: ScanRequest, io: Io, version: string): Promise<ExitCode> {
  const startedAt = io.now()
  const finds = await locateAll(request)
  const signal =
    request.deadline === undefined ? io.signal : AbortSignal.any([io.signal, AbortSignal.timeout(request.deadline)])
  const color = wantsColor(request, io)
  const outputs = request.outputs.map((choice) =>
    openOutput(choice, io.stdout.write, { color, columns: io.stdout.columns ?? 100 }),
  )
  const tally = new Tally()
  const progress = progressOn(io.stderr)
  const log = await logTo(io, request.logLevel)
  const take = (event: ScanEvent): void => {
    tally.take(event)
    progress.take(event)
    log.take(event)
    if (event.type !== 'progress') for (const { report } of outputs) report.take(event)
  }
  const patience = patienceAfter(signal)
  for (const find of finds) await scanOne(find, { request, io, signal, patience, take })
  progress.clear()
  const run = { version, startedAt, finishedAt: io.now(), verdict: tally.verdict }
  for (const { report } of outputs) report.end(run)
  let stdoutIsFree = request.outputs.every(({ file }) => file !== undefined)
  const undelivered = outputs.flatMap((output) => {
    const problem = output.finish(stdoutIsFree)
    if (problem === undefined) return []
    stdoutIsFree = false
    return [problem]
  })
  for (const problem of undelivered) io.stderr.write(`regfsck: ${harmless(problem)}\n`)
  return exitCodeOf({
    stoppedBy: io.signal.aborted ? (io.signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : undefined,
    undelivered: undelivered.length > 0,
    failing: tally.failsOn(request.failOn),
    targetsRead: tally.targetsRead,
    complete: tally.complete,
  })
}

/** A target found, or the reason why there is none. */
type Find =
  | { readonly url: string; readonly label: string }
  | { readonly registry: FoundRegistry; readonly label: string; readonly unchecked: readonly UncheckedRecord[] }
  | { readonly target: string; readonly label: string; readonly reason: string }

/** @throws {UsageError} where two registries would have one name */
async function locateAll(request: ScanRequest): Promise<Find[]> {
  const finds: Find[] = []
  for (const target of request.targets) {
    if (isUrl(target)) {
      finds.push({ url: target, label: request.registry ?? hostOf(target) })
      continue
    }
    try {
      const { found, unchecked } = await locateRegistries(target, request.followSymlinks)
      for (const [n, registry] of found.entries())
        finds.push({ registry, label: request.registry ?? registry.label, unchecked: n === 0 ? unchecked : [] })
    } catch (error) {
      if (!(error instanceof TargetError)) throw error
      finds.push({ target, label: request.registry ?? basename(resolve(target)), reason: error.message })
    }
  }
  requireDistinct(finds, request.registry)
  return finds
}

function requireDistinct(finds: readonly Find[], named: string | undefined): void {
  const labels = finds.map(({ label }) => label)
  const twice = labels.find((label, n) => labels.indexOf(label) !== n)
  if (twice === undefined) return
  const paths = finds
    .filter(({ label }) => label === twice)
    .map((find) => ('url' in find ? find.url : 'registry' in find ? find.registry.root : find.target))
  const what =
    named === undefined ? `would all be called ${JSON.stringify(twice)}` : 'cannot all have the name of --registry'
  throw new UsageError([`${paths.join(', ')} ${what}: scan them one by one, each with --registry NAME`])
}

async function scanOne(
  find: Find,
  run: {
    readonly request: ScanRequest
    readonly io: Io
    readonly signal: AbortSignal
    readonly patience: Promise<void>
    readonly take: (event: ScanEvent) => void
  },
): Promise<void> {
  const { request, io, signal, patience, take } = run
  if ('reason' in find) {
    take({
      type: 'target',
      info: {
        target: find.target,
        registry: find.label,
        kind: 'distribution',
        depth: request.depth,
        pullThrough: false,
      },
    })
    take({ type: 'unreadable', reason: find.reason })
    return
  }
  const declared = request.declaresCache(find.label)
  const pullThrough = declared || ('registry' in find && find.registry.pullThrough)
  const source = 'url' in find ? askedOver(find, { request, io, declared }) : readFrom(find, request, io)
  const options = {
    rulesFor: request.rulesFor(pullThrough),
    depth: request.depth,
    pullThrough,
    allTags: request.allTags,
    garbage: request.garbage,
    pause: (until: AbortSignal) => sleep(request.recheckDelay, undefined, { signal: until }).catch(() => undefined),
    patience,
    unlisted: 'url' in find ? [] : find.unchecked,
  }
  try {
    for await (const event of scan(source, options, signal)) take(event)
  } finally {
    const closed = source.close().then(() => true)
    if (!(await Promise.race([closed, sleep(CLOSING, false, { ref: false })]))) io.onHang()
  }
}

function readFrom(find: Extract<Find, { registry: FoundRegistry }>, request: ScanRequest, io: Io): Source {
  return diskSource(find.registry, {
    registry: find.label,
    followSymlinks: request.followSymlinks,
    garbage: request.garbage,
    now: io.now,
    crew: (setting) => threadCrew(setting, request.threads),
  })
}

function askedOver(
  { url, label }: Extract<Find, { url: string }>,
  { request, io, declared }: { readonly request: ScanRequest; readonly io: Io; readonly declared: boolean },
): Source {
  const { api } = request
  const credential: Credential | undefined =
    api.tokenFile === undefined ? credentialFor(new URL(url).host, io.env) : { is: 'token-file', from: api.tokenFile }
  return apiSource(url, {
    ...api,
    registry: label,
    credential,
    fetchesWhenAsked: declared && !api.allowFetch,
    env: io.env,
  })
}

function hostOf(url: string): string {
  return new URL(url).host
}

function patienceAfter(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wait = (): void => {
      setTimeout(resolve, PATIENCE).unref()
    }
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true })
  })
}

function wantsColor({ color }: ScanRequest, { env, stdout }: Io): boolean {
  if (color !== 'auto') return color === 'always'
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  return forced === undefined ? stdout.isTerminal : forced !== '0' && forced !== 'false'
}
