import type { ScanEvent } from '../events.ts'
import type { RepositoryReport, Stage } from '../records.ts'
import type { Rules } from '../rules.ts'
import { type RepositoryCheck, TargetError } from '../source.ts'
import { inParallel } from './in-parallel.ts'
import type { ScanOptions } from './options.ts'
import type { ScanState } from './scan-state.ts'

/** Checks every selected repository once. */
export async function* checkRepositories(state: ScanState): AsyncGenerator<ScanEvent> {
  yield* checkEach(state, { names: wanted(state), stage: 'walk', total: undefined }, async (repository) => {
    const report = await checkRepository(state, repository, { again: false, seenBefore: undefined })
    if (report) state.results.keep(report)
  })
  if (!state.signal.aborted) state.source.afterFirstCheck?.()
}

/** Checks repositories in parallel, with an event after each. */
export async function* checkEach(
  state: ScanState,
  at: {
    readonly names: Iterable<string> | AsyncIterable<string>
    readonly stage: Stage
    readonly total: number | undefined
  },
  work: (repository: string) => Promise<void>,
): AsyncGenerator<ScanEvent> {
  const { stage, total, names } = at
  const { source, signal, options } = state
  const progressAt = (done: number): ScanEvent => ({ type: 'progress', stage, done, total })
  yield* inParallel(names, { width: source.width, signal, graceOver: options.graceOver, progressAt }, work)
  if (signal.aborted) state.isStopped = true
}

/** Checks a repository once. @returns `undefined` if it is not selected, or if a bug ended the check and was recorded */
export async function checkRepository(
  state: ScanState,
  repository: string,
  how: Pick<RepositoryCheck, 'again' | 'seenBefore'>,
): Promise<RepositoryReport | undefined> {
  const { source, signal, options, untagged } = state
  const given = options.rulesFor(repository)
  if (!given) return undefined
  const rules: Rules = untagged === 'counted' ? { ...given, roots: 'revisions' } : given
  try {
    return await source.check(repository, { ...how, rules, allTags: options.allTags, signal })
  } catch (error) {
    if (error instanceof TargetError || signal.aborted) throw error
    // A bug in one check does not affect other repositories. Earlier findings of this one count as seen once.
    state.unconfirmed.add(repository)
    state.places.push({ repository, because: 'INTERNAL_ERROR', detail: bugText(error, options.stackOf) })
    return undefined
  }
}

async function* wanted({ source, signal, options, places }: ScanState): AsyncGenerator<string> {
  const { selection, isOneOfSeveral = false, rulesFor } = options
  for await (const found of source.repositories(signal)) {
    if (signal.aborted) return
    if (typeof found !== 'string') {
      places.push(found)
      continue
    }
    selection?.see(found)
    if (rulesFor(found)) yield found
  }
  places.push(...(selection?.missing(!isOneOfSeveral) ?? []))
}

/** The error and its first frame, for a bug report. */
function bugText(error: unknown, stackOf: ScanOptions['stackOf']): string {
  if (!(error instanceof Error)) return String(error)
  const place = /^\s+at .*$/m.exec(stackOf?.(error) ?? error.stack ?? '')?.[0].trim()
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`
}
