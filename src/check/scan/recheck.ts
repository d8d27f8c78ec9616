import { compareText } from '../compare-text.ts'
import type { ScanEvent } from '../events.ts'
import { suspectsOf } from '../judge/judge.ts'
import type { RepositoryReport } from '../records.ts'
import { checkEach, checkRepository } from './check-repositories.ts'
import type { ScanState } from './scan-state.ts'
import { lostTarget } from './still-there.ts'

/**
 * Checks every suspect repository a second time, and new damage a third time. What is new in the third check was never
 * seen twice, so it is dropped.
 */
export async function* recheck(state: ScanState): AsyncGenerator<ScanEvent> {
  const { results, signal } = state
  let pending = await suspects(state)
  for (const isLast of [false, true]) {
    if (pending.length === 0 || signal.aborted) break
    await state.options.pause(signal)
    const checked: RepositoryReport[] = []
    const names = pending.sort(compareText)
    yield* checkEach(state, { names, stage: 'second-look', total: names.length }, async (repository) => {
      const before = results.suspects.get(repository) ?? new Set()
      const report = await checkRepository(state, repository, { again: true, seenBefore: isLast ? before : undefined })
      if (report) checked.push(report)
    })
    pending = await replaceReports(state, checked)
  }
  if (state.stillThere.lost) state.isConfirmed = false
  else if (signal.aborted) state.isConfirmed = results.suspects.size === 0
  else
    for (const repository of pending)
      state.places.push({ repository, because: 'MOVED', detail: 'changed each time it was checked' })
}

/** The repositories to check again, if the registry is still there. */
async function suspects(state: ScanState): Promise<string[]> {
  const { results, stillThere } = state
  const still = await stillThere.ask([])
  if (stillThere.lost) {
    state.isConfirmed = false
    state.isProved = false
    // If something unchecked is reported already, the target is incomplete with or without the loss.
    if (results.areEmpty && results.areComplete) throw lostTarget(stillThere.lost)
  }
  if (!still) return []
  // They were empty when the registry may have been unavailable.
  for (const repository of still.back) results.suspect(repository, new Set())
  return [...results.suspects.keys()]
}

/**
 * Replaces earlier reports by later ones, if findings that are gone may be dropped.
 * @returns what has to be checked again
 */
async function replaceReports(
  { results, stillThere, unconfirmed }: ScanState,
  checked: readonly RepositoryReport[],
): Promise<string[]> {
  const losing = checked.filter((report) => results.wouldDropFindings(report)).map(({ repository }) => repository)
  const still = await stillThere.ask(losing)
  if (!still) return []
  const moved = new Set(still.back)
  for (const report of checked) {
    const { repository } = report
    if (still.lost.has(repository)) {
      unconfirmed.add(repository)
      continue
    }
    const before = results.suspects.get(repository) ?? new Set()
    const now = suspectsOf(report)
    if ([...now].some((subject) => !before.has(subject))) moved.add(repository)
    results.replace(report)
    results.suspect(repository, now)
  }
  return [...moved]
}
