import type { ScanEvent } from '../../../src/check/events.ts'
import type { Rules } from '../../../src/check/rules.ts'
import { type MemorySourceOptions, memorySource } from '../../support/simulated/memory-source.ts'
import { brief, eventsOf, only, type Scene, scanOptions } from '../scene.ts'

/** What happens to the storage before the nth check of a repository. */
export type Script = NonNullable<MemorySourceOptions['before']>

export interface ScanOutcome {
  readonly findings: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly unchecked: readonly string[]
  readonly complete: boolean
  readonly checks: number
  readonly pauses: number
}

/** Scans one repository; a script changes it before its nth check. */
export async function scanScripted(all: Scene, before: Script, rules: Partial<Rules> = {}): Promise<ScanOutcome> {
  const source = memorySource(all.registry, { before })
  let pauses = 0
  const pause = async () => {
    pauses++
  }
  const events = await eventsOf(source, scanOptions({ pause, rules }))
  return { ...outcomeOf(events), checks: source.checks.length, pauses }
}

export function outcomeOf(events: readonly ScanEvent[]): Omit<ScanOutcome, 'checks' | 'pauses'> {
  return {
    findings: brief(only(events, 'finding').map(({ finding }) => finding)),
    tags: Object.fromEntries(only(events, 'tag').map(({ record }) => [record.tag, record.verdict])),
    unchecked: only(events, 'unchecked').map(
      ({ record: { tag, digest, path, because } }) => `${because} ${tag ?? digest ?? path}`,
    ),
    complete: only(events, 'summary')[0]?.complete ?? false,
  }
}
