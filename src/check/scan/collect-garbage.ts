import type { ScanState } from './scan-state.ts'

/** Looks for garbage, after every repository was checked. */
export async function collectGarbage(state: ScanState): Promise<void> {
  const { source, signal, stillThere } = state
  if (!source.garbage || signal.aborted || stillThere.lost) return
  const start = state.now()
  const { manifests } = state.totals()
  const isKnown = state.isComplete && manifests.damaged + manifests.skipped === 0
  state.garbageSearch = isKnown ? 'all' : 'uploads-only'
  const { findings, unchecked, storage } = await source.garbage(isKnown)
  for (const finding of findings) state.garbage.push(finding)
  for (const record of unchecked) state.places.push(record)
  state.storage = storage
  state.endOf('garbage', start)
  await confirmGarbage(state)
}

/** What was read since the last presence check counts only if the registry is still there. */
async function confirmGarbage(state: ScanState): Promise<void> {
  await state.stillThere.ask([])
  if (!state.stillThere.lost) return
  state.garbage.length = 0
  state.storage = undefined
  state.garbageSearch = 'none'
}
