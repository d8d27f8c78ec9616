import { setMaxListeners } from 'node:events'
import { Answers, textOf } from '../../check/reach/answers.ts'
import { type ReachEvent, type ReachOptions, reachRegistry } from '../../check/reach/reach-registry.ts'
import { type Source, TargetError } from '../../check/source.ts'
import type { Digest } from '../../oci/digest.ts'
import { harmless } from '../../report/escape.ts'
import { sumText } from '../../report/reachable/answer-lines.ts'
import type { AnsweredLine } from '../../report/reachable/reach-output.ts'
import { type ExitCode, exitCodeOf } from '../process/exit-code.ts'
import { graceAfter } from '../process/grace.ts'
import type { Io } from '../process/io.ts'
import { stopSignal } from '../process/stop-signal.ts'
import { threadsHang } from '../process/thread-ends.ts'
import { deployedIn } from './deployed-images.ts'
import { openReachOutputs, type ReachOutputs } from './reach-outputs.ts'
import type { ReachableRequest } from './reachable-request.ts'
import { type ReachTarget, targetsOf } from './reachable-targets.ts'

/** Things that could not be read, of one registry, that are named on stderr. */
const MOST_NOTES = 10

/** Finds what is reached in every target, and lists it, sums it up, or answers for digests. */
export async function reachableCommand(request: ReachableRequest, io: Io, version: string): Promise<ExitCode> {
  const targets = await targetsOf(request, io, version)
  const outputs = openReachOutputs(request, io, version)
  const run = new Run(request, io, outputs)
  const stop = stopSignal([io.signal], request.deadline)
  // Every operation in progress adds a listener.
  setMaxListeners(0, stop.signal)
  const graceOver = graceAfter(stop.signal)
  for (const target of targets) await run.read(target, targets.length > 1, { signal: stop.signal, graceOver })
  stop.release()
  return run.end()
}

interface Stop {
  readonly signal: AbortSignal
  readonly graceOver: Promise<void>
}

/** One run over all targets. */
class Run {
  readonly #request: ReachableRequest
  readonly #io: Io
  readonly #outputs: ReachOutputs
  readonly #answers = new Answers()
  readonly #asked: ReadonlySet<Digest> | undefined
  #notes = 0
  #targetsRead = 0
  #isComplete = true

  constructor(request: ReachableRequest, io: Io, outputs: ReachOutputs) {
    this.#request = request
    this.#io = io
    this.#outputs = outputs
    this.#asked = request.asked && new Set(request.asked.map(({ digest }) => digest))
    for (const record of request.unknown) this.#markUnknown(textOf(record))
    for (const record of request.unknown) this.#answers.addUnknown(record)
  }

  async read(target: ReachTarget, isOneOfSeveral: boolean, stop: Stop): Promise<void> {
    const { target: text, registry, kind } = target
    this.#outputs.target({ target: text, registry, kind })
    const source = await opened(target)
    if (source instanceof TargetError) {
      this.#take(registry, { type: 'unreadable', reason: source.message })
      return
    }
    try {
      const options = this.#optionsFor(target, isOneOfSeveral, stop)
      let isRead = true
      for await (const event of reachRegistry(source, options, stop.signal)) {
        if (event.type === 'unreadable') isRead = false
        this.#take(registry, event)
      }
      if (isRead) this.#targetsRead++
    } finally {
      if (await threadsHang(source.close())) this.#io.onStuckThread()
    }
  }

  #optionsFor(target: ReachTarget, isOneOfSeveral: boolean, { graceOver }: Stop): ReachOptions {
    const { isWanted, newSelection, without, needs } = this.#request
    const selection = newSelection()
    const deployed = deployedIn(needs, target.url)
    return {
      isWanted,
      selection,
      isOneOfSeveral,
      deployed,
      without,
      asked: this.#asked,
      unlisted: target.unlisted,
      graceOver,
    }
  }

  #take(registry: string, event: ReachEvent): void {
    this.#answers.take(registry, event)
    this.#outputs.take(event)
    if (event.type === 'unknown') this.#markUnknown(textOf(event.record))
    if (event.type === 'unreadable') this.#markUnknown(`${registry}: ${event.reason}`)
    if (event.type === 'repository') for (const record of event.reach.unknown) this.#markUnknown(textOf(record))
  }

  /** Even with `--quiet`: a list that lacks something looks like any other. */
  #markUnknown(sentence: string): void {
    this.#isComplete = false
    this.#notes++
    if (this.#notes <= MOST_NOTES) this.#note(`not known: ${sentence}`)
  }

  #note(sentence: string): void {
    this.#io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  }

  async end(): Promise<ExitCode> {
    const answers = this.#request.asked?.map((asked): AnsweredLine => ({ asked, answer: this.#answers.answer(asked) }))
    if (this.#notes > MOST_NOTES) this.#note(`${this.#notes - MOST_NOTES} more are not known`)
    if (!this.#isComplete) this.#note(INCOMPLETE)
    if (answers !== undefined && !this.#request.quiet) this.#note(sumText(answers))
    const isUnknown = answers?.some(({ answer }) => answer.is === 'unknown') ?? false
    const complete = this.#isComplete && !isUnknown
    const problems = await this.#outputs.end({ complete, answers })
    for (const problem of problems) this.#note(problem)
    const { signal } = this.#io
    return exitCodeOf({
      stoppedBy: signal.aborted ? (signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : undefined,
      undelivered: problems.length > 0,
      failing: answers?.some(({ answer }) => answer.is === 'kept') ?? false,
      targetsRead: this.#targetsRead,
      complete,
    })
  }
}

const INCOMPLETE = 'not everything could be read, so more may be needed than is listed: delete nothing'

async function opened(target: ReachTarget): Promise<Source | TargetError> {
  try {
    return await target.open()
  } catch (error) {
    if (error instanceof TargetError) return error
    throw error
  }
}
