import type { ScanEvent } from '../../../src/check/events.ts'
import type { Rules } from '../../../src/check/rules.ts'
import { type MemorySourceOptions, memorySource } from '../../support/simulated/memory-source.ts'
import { brief, eventsOf, only, type Scene, scanOptions } from '../scene.ts'

/** What happens to the storage before the nth look at a repository. */
export type Script = NonNullable<MemorySourceOptions['before']>

export interface Told {
  readonly findings: readonly string[]
  readonly tags: Readonly<Record<string, string>>
  readonly unchecked: readonly string[]
  readonly complete: boolean
  readonly looks: number
  readonly pauses: number
}

/** What a scan of the one repository tells, where a script changes it before its nth look. */
export async function told(all: Scene, before: Script, rules: Partial<Rules> = {}): Promise<Told> {
  const source = memorySource(all.registry, { before })
  let pauses = 0
  const pause = async () => {
    pauses++
  }
  const events = await eventsOf(source, scanOptions({ pause, rules }))
  return { ...gist(events), looks: source.looks.length, pauses }
}

export function gist(events: readonly ScanEvent[]): Omit<Told, 'looks' | 'pauses'> {
  return {
    findings: brief(only(events, 'finding').map(({ finding }) => finding)),
    tags: Object.fromEntries(only(events, 'tag').map(({ record }) => [record.tag, record.verdict])),
    unchecked: only(events, 'unchecked').map(
      ({ record: { tag, digest, path, because } }) => `${because} ${tag ?? digest ?? path}`,
    ),
    complete: only(events, 'summary')[0]?.complete ?? false,
  }
}
