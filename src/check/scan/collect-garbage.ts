import type { ScanState } from './scan-state.ts'

/** Looks for what only takes up space, once every repository was looked at. */
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

/** Whatever was looked at since the registry was last known to be there counts only if it still is. */
async function confirmGarbage(state: ScanState): Promise<void> {
  await state.stillThere.ask([])
  if (!state.stillThere.lost) return
  state.garbage.length = 0
  state.storage = undefined
  state.garbageSearch = 'none'
}
