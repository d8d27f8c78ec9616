import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CAPABILITIES } from '../../check/capabilities.ts'
import type { ScanEvent } from '../../check/events.ts'
import { scan } from '../../check/scan/scan.ts'
import { shardText } from '../../check/scan/shard.ts'
import { type Source, TargetError } from '../../check/source.ts'
import { harmless } from '../../report/escape.ts'
import { breather } from '../../report/json/breather.ts'
import { type ExitCode, exitCodeOf } from '../process/exit-code.ts'
import { graceAfter } from '../process/grace.ts'
import type { Io } from '../process/io.ts'
import { stackInSources } from '../process/stack-in-sources.ts'
import { stopSignal } from '../process/stop-signal.ts'
import { threadsHang } from '../process/thread-ends.ts'
import type { Job, RunRequest, Surroundings } from './job.ts'
import { logTo } from './log.ts'
import { measuring } from './measuring.ts'
import { finishOutputs, openOutput, scanReport } from './outputs.ts'
import { progressOn } from './progress.ts'
import { openHistory } from './run-history.ts'
import { Tally } from './tally.ts'
import { wantsColor } from './wants-color.ts'

/**
 * Scans every target and reports them in order. Targets on disk are scanned one after the other, because each uses
 * all processors. Registries are scanned in parallel, so that one that does not answer does not delay the others.
 */
export async function runJobs(
  jobs: readonly Job[],
  request: RunRequest,
  { io, version, results, onEvent, lastTarget, notFound }: Surroundings,
): Promise<ExitCode> {
  const startedAt = io.now()
  const { signal, check, release } = stopSignal([io.signal], request.deadline)
  // Every operation in progress adds a listener.
  setMaxListeners(0, signal)
  const history = openHistory(
    request.state,
    { profile: request.profile, now: startedAt.toISOString(), garbage: request.garbage, looksAt: looksAt(jobs) },
    (sentence) => {
      io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
    },
  )
  const graceOver = graceAfter(signal)
  const scanJob = (job: Job, into: (event: ScanEvent) => void): Promise<void> =>
    runOne(job, { request, io, signal, check, graceOver, isOneOfSeveral: jobs.length > 1, take: extended(job, into) })
  // The first requests are on their way while the outputs are loaded.
  const early = jobs.map((job) =>
    CAPABILITIES[job.info.kind].usesAllProcessors ? undefined : startEarly(job, scanJob),
  )
  const style = { color: wantsColor(request, io, results), columns: results.columns ?? 100 }
  const outputs = await Promise.all(
    request.outputs.map((choice) =>
      openOutput(choice, { stdout: results.write, signal: io.signal, style }, scanReport),
    ),
  )
  const tally = new Tally()
  const progress = progressOn(request.quiet ? { ...io.stderr, isTerminal: false } : io.stderr)
  const log = await logTo(io, request.logLevel)
  const numbers = await measuring(request.metrics, { ...request, io })
  const take = (event: ScanEvent): void => {
    for (const each of history.take(event)) emit(each)
  }
  const emit = (event: ScanEvent): void => {
    tally.take(event)
    numbers.take(event)
    progress.take(event)
    log.take(event)
    onEvent?.(event)
    if (event.type !== 'progress') for (const { report } of outputs) report.take(event)
  }
  for (const [n, job] of jobs.entries()) await (early[n]?.(take) ?? scanJob(job, take))
  for (const event of lastTarget ?? []) take(event)
  release()
  progress.clear()
  for (const sentence of notFound?.() ?? []) {
    tally.markIncomplete()
    io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  }
  const run = { version, startedAt, finishedAt: io.now(), counts: tally }
  const { exposition, problems } = await numbers.finish(run)
  for (const { report } of outputs) await report.end({ ...run, exposition })
  const undelivered = [
    ...(await finishOutputs(outputs, request.outputs, tally.isAllWell)),
    ...problems,
    history.finish() ?? [],
  ].flat()
  for (const problem of undelivered) io.stderr.write(`regfsck: ${harmless(problem)}\n`)
  return exitCodeOf({
    stoppedBy: io.signal.aborted ? (io.signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : undefined,
    undelivered: undelivered.length > 0,
    failing: tally.failsOn(request.failOn),
    targetsRead: tally.targetsRead,
    complete: tally.complete,
  })
}

function looksAt(jobs: readonly Job[]): (registry: string, repository: string) => boolean {
  const rules = new Map(jobs.map(({ info, rulesFor }) => [info.registry, rulesFor]))
  return (registry, repository) => rules.get(registry)?.(repository) !== undefined
}

function extended({ extend }: Job, take: (event: ScanEvent) => void): (event: ScanEvent) => void {
  if (extend === undefined) return take
  return (event) => {
    for (const each of extend(event)) take(each)
  }
}

/** Starts at once and buffers the events until it is this target's turn. */
function startEarly(
  job: Job,
  scanJob: (job: Job, into: (event: ScanEvent) => void) => Promise<void>,
): (take: (event: ScanEvent) => void) => Promise<void> {
  const buffered: ScanEvent[] = []
  let into = (event: ScanEvent): void => {
    if (event.type !== 'progress') buffered.push(event)
  }
  const done = scanJob(job, (event) => {
    into(event)
  })
  done.catch(() => undefined) // reported when it is its turn
  return async (take) => {
    for (const event of buffered.splice(0)) take(event)
    into = take
    await done
  }
}

async function runOne(
  job: Job,
  run: {
    readonly request: RunRequest
    readonly io: Io
    readonly signal: AbortSignal
    readonly check: () => void
    readonly graceOver: Promise<void>
    readonly isOneOfSeveral: boolean
    readonly take: (event: ScanEvent) => void
  },
): Promise<void> {
  const { request, io, signal, check, graceOver, take } = run
  const slice = request.shard && { shard: shardText(request.shard) }
  const depth = job.depth ?? request.depth
  const opened = await open(job)
  if (opened instanceof TargetError) {
    take({ type: 'target', info: { ...job.info, depth, ...slice } })
    take({ type: 'unreadable', reason: opened.message, because: opened.because })
    return
  }
  const options = {
    rulesFor: job.rulesFor,
    depth,
    pullThrough: job.info.pullThrough,
    allTags: request.allTags,
    countsUntagged: request.countsUntagged ?? false,
    garbage: request.garbage,
    registryUrl: request.registryUrl,
    pause: (until: AbortSignal) => sleep(request.recheckDelay, undefined, { signal: until }).catch(() => undefined),
    graceOver,
    // Called before and after each stage.
    clock: () => {
      check()
      return performance.now()
    },
    stackOf: (error: Error) => stackInSources(error.stack ?? ''),
    unlisted: job.unlisted,
    selection: job.selection,
    isOneOfSeveral: run.isOneOfSeveral,
    ...slice,
  }
  try {
    const breathe = breather()
    for await (const event of scan(opened, options, signal)) {
      take(event)
      await breathe()
    }
  } finally {
    if (await threadsHang(opened.close())) io.onStuckThread()
  }
}

/** The source, or the error that prevents the scan. */
async function open(job: Job): Promise<Source | TargetError> {
  try {
    return await job.open()
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return error
  }
}
