import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CAPABILITIES } from '../../check/capabilities.ts'
import type { ScanEvent, TargetInfo } from '../../check/events.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import type { Depth, Rules } from '../../check/rules.ts'
import { scan } from '../../check/scan/scan.ts'
import type { SelectionCheck } from '../../check/scan/selection.ts'
import { type Shard, shardText } from '../../check/scan/shard.ts'
import { type Source, TargetError } from '../../check/source.ts'
import { harmless } from '../../report/escape.ts'
import { breather } from '../../report/json/breather.ts'
import type { MetricsRequest } from '../options/metrics-request.ts'
import { type ExitCode, exitCodeOf } from '../process/exit-code.ts'
import type { Io, Stream } from '../process/io.ts'
import { stackInSources } from '../process/stack-in-sources.ts'
import { stopSignal } from '../process/stop-signal.ts'
import { threadsHang } from '../process/thread-ends.ts'
import { logTo } from './log.ts'
import { measuring } from './measuring.ts'
import { type Output, type OutputChoice, openOutput } from './outputs.ts'
import { progressOn } from './progress.ts'
import { remembering } from './remembering.ts'
import { Tally } from './tally.ts'
import { wantsColor } from './wants-color.ts'

/** One target, ready to be looked at. */
export interface Job {
  readonly info: Omit<TargetInfo, 'depth'>
  /** Places that could not be listed while it was looked for. */
  readonly unlisted: readonly UncheckedRecord[]
  readonly rulesFor: (repository: string) => Rules | undefined
  /** What was asked for of this target. */
  readonly selection?: SelectionCheck | undefined
  /** @throws {TargetError} where it is known by now that nothing can be said about it */
  open(): Source | Promise<Source>
}

/** What holds for all targets of a run. */
export interface RunRequest {
  readonly depth: Depth
  readonly outputs: readonly OutputChoice[]
  readonly garbage: boolean
  readonly allTags: boolean
  /** Whether every revision counts where a registry has no tag at all. */
  readonly countsUntagged?: boolean
  /** Where clients reach the registry whose storage is scanned. */
  readonly registryUrl?: string | undefined
  /** The slice of the repositories that is looked at; left out: all. */
  readonly shard?: Shard | undefined
  /** Milliseconds. */
  readonly recheckDelay: number
  /** Milliseconds for the whole run. */
  readonly deadline: number | undefined
  readonly failOn: 'error' | 'warning' | 'never'
  readonly color: 'auto' | 'always' | 'never'
  readonly logLevel: string
  /** Whether progress is not shown. */
  readonly quiet: boolean
  /** Where it is kept what earlier runs found. */
  readonly state: string | undefined
  /** The name of this scan configuration, where there are several for one registry. */
  readonly profile: string
  readonly metrics: MetricsRequest | undefined
  /** Whether a registry's API is asked only for repositories that are named. */
  readonly repositoriesAreNamed: boolean
}

export interface Surroundings {
  readonly io: Io
  readonly version: string
  /** Where a result goes that has no file. */
  readonly results: Stream
  /** Told of everything that the outputs are told of. */
  readonly onEvent?: (event: ScanEvent) => void
  /** What was asked for and is in none of the targets, as sentences; asked when all of them are done. */
  readonly notFound?: () => readonly string[]
}

/** Milliseconds for what is under way when a signal comes. */
const PATIENCE = 500

/**
 * Look at every target, and report them in their order. Storage on disk is read one after the other, because each takes
 * all processors; registries are asked at the same time, so that one that does not answer holds up no other.
 */
export async function runJobs(
  jobs: readonly Job[],
  request: RunRequest,
  { io, version, results, onEvent, notFound }: Surroundings,
): Promise<ExitCode> {
  const startedAt = io.now()
  const { signal, check, release } = stopSignal([io.signal], request.deadline)
  // Everything that is under way listens to it.
  setMaxListeners(0, signal)
  const style = { color: wantsColor(request, io, results), columns: results.columns ?? 100 }
  const outputs = await Promise.all(
    request.outputs.map((choice) => openOutput(choice, { stdout: results.write, signal: io.signal }, style)),
  )
  const tally = new Tally()
  const progress = progressOn(request.quiet ? { ...io.stderr, isTerminal: false } : io.stderr)
  const log = await logTo(io, request.logLevel)
  const memory = remembering(
    request.state,
    { profile: request.profile, now: startedAt.toISOString(), garbage: request.garbage, looksAt: looksAt(jobs) },
    (sentence) => {
      io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
    },
  )
  const numbers = await measuring(request.metrics, { ...request, io })
  const take = (event: ScanEvent): void => {
    for (const told of memory.take(event)) tell(told)
  }
  const tell = (event: ScanEvent): void => {
    tally.take(event)
    numbers.take(event)
    progress.take(event)
    log.take(event)
    onEvent?.(event)
    if (event.type !== 'progress') for (const { report } of outputs) report.take(event)
  }
  const patience = patienceAfter(signal)
  const look = (job: Job, into: (event: ScanEvent) => void): Promise<void> =>
    runOne(job, { request, io, signal, check, patience, isOneOfSeveral: jobs.length > 1, take: into })
  const asked = jobs.map((job) => (CAPABILITIES[job.info.kind].usesAllProcessors ? undefined : ahead(job, look)))
  for (const [n, job] of jobs.entries()) await (asked[n]?.(take) ?? look(job, take))
  release()
  progress.clear()
  for (const sentence of notFound?.() ?? []) {
    tally.leaveOpen()
    io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  }
  const run = { version, startedAt, finishedAt: io.now(), counts: tally }
  const { exposition, problems } = await numbers.finish(run)
  for (const { report } of outputs) await report.end({ ...run, exposition })
  const undelivered = [
    ...(await finish(outputs, request.outputs, tally.isAllWell)),
    ...problems,
    memory.finish() ?? [],
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

/** Begin at once, and keep what is said until it is its turn. */
function ahead(
  job: Job,
  look: (job: Job, into: (event: ScanEvent) => void) => Promise<void>,
): (take: (event: ScanEvent) => void) => Promise<void> {
  const said: ScanEvent[] = []
  let into = (event: ScanEvent): void => {
    if (event.type !== 'progress') said.push(event)
  }
  const done = look(job, (event) => {
    into(event)
  })
  done.catch(() => undefined) // reported when it is its turn
  return async (take) => {
    for (const event of said.splice(0)) take(event)
    into = take
    await done
  }
}

async function finish(
  outputs: readonly Output[],
  choices: readonly OutputChoice[],
  isAllWell: boolean,
): Promise<string[]> {
  let stdoutIsFree = choices.every(({ file }) => file !== undefined)
  const problems: string[] = []
  for (const output of outputs) {
    const problem = await output.finish({ stdoutIsFree, isAllWell })
    if (problem === undefined) continue
    stdoutIsFree = false
    problems.push(problem)
  }
  return problems
}

async function runOne(
  job: Job,
  run: {
    readonly request: RunRequest
    readonly io: Io
    readonly signal: AbortSignal
    readonly check: () => void
    readonly patience: Promise<void>
    readonly isOneOfSeveral: boolean
    readonly take: (event: ScanEvent) => void
  },
): Promise<void> {
  const { request, io, signal, check, patience, take } = run
  const slice = request.shard && { shard: shardText(request.shard) }
  const opened = await open(job)
  if (opened instanceof TargetError) {
    take({ type: 'target', info: { ...job.info, depth: request.depth, ...slice } })
    take({ type: 'unreadable', reason: opened.message, because: opened.because })
    return
  }
  const options = {
    rulesFor: job.rulesFor,
    depth: request.depth,
    pullThrough: job.info.pullThrough,
    allTags: request.allTags,
    countsUntagged: request.countsUntagged ?? false,
    garbage: request.garbage,
    registryUrl: request.registryUrl,
    pause: (until: AbortSignal) => sleep(request.recheckDelay, undefined, { signal: until }).catch(() => undefined),
    patience,
    // Asked before and after each stage.
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
    if (await threadsHang(opened.close())) io.onHang()
  }
}

/** The source, or why there is none. */
async function open(job: Job): Promise<Source | TargetError> {
  try {
    return await job.open()
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return error
  }
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
