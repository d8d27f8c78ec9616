import type { ScanEvent, TargetInfo } from '../events.ts'
import type { Stage } from '../records.ts'
import { type Source, TargetError } from '../source.ts'
import { checkRepositories } from './check-repositories.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { ScanOptions } from './options.ts'
import { recheck } from './recheck.ts'
import { reportResults } from './report-results.ts'
import { ScanState } from './scan-state.ts'
import { settle } from './settle.ts'

/** Scans one target: checks every repository, checks suspects again, then reports. */
export async function* scan(source: Source, options: ScanOptions, signal: AbortSignal): AsyncGenerator<ScanEvent> {
  yield { type: 'target', info: infoOf(source, options) }
  const state = new ScanState(source, options, signal)
  try {
    yield* timed(state, 'walk', checkRepositories(state))
    yield* timed(state, 'content', settle(state))
    await decideOnUntagged(state)
    yield* timed(state, 'second-look', recheck(state))
    if (options.garbage) await collectGarbage(state)
    if (signal.aborted) state.isStopped = true
    yield* reportResults(state)
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    // After a signal nothing is known about the target. After the deadline, the target did not answer in time.
    const isLate = signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
    if (signal.aborted && !isLate) yield* reportEarly(state)
    else yield { type: 'unreadable', reason: error.message, because: error.because }
  }
}

function infoOf(source: Source, { depth, pullThrough, shard }: ScanOptions): TargetInfo {
  const { target, registry, kind, against } = source
  return {
    target,
    registry,
    kind,
    depth,
    pullThrough,
    ...(against !== undefined && { against }),
    ...(shard !== undefined && { shard }),
  }
}

async function* timed(state: ScanState, stage: Stage, work: AsyncGenerator<ScanEvent>): AsyncGenerator<ScanEvent> {
  const start = state.now()
  yield* work
  state.endOf(stage, start)
}

/**
 * A registry with revisions and without tags keeps its tags elsewhere, as Harbor and OpenShift do, or has lost them. Either
 * way only revisions can be pulled. A shard or a selection does not change that, so all repositories are asked.
 */
async function decideOnUntagged(state: ScanState): Promise<void> {
  const { results, source, options, signal } = state
  const { intact, degraded, unpullable, unchecked } = results.totals().tags
  if (signal.aborted || intact + degraded + unpullable + unchecked > 0 || !results.holdRevisions) return
  if ((await source.holdsTags?.()) !== false) return
  state.untagged = options.countsUntagged ? 'counted' : 'not-counted'
  if (state.untagged === 'counted') results.suspectFindings()
}

/** Reports the results so far, after a stop: nothing was checked twice. */
function* reportEarly(state: ScanState): Generator<ScanEvent> {
  state.isStopped = true
  state.isConfirmed = state.results.suspects.size === 0
  yield* reportResults(state)
}
