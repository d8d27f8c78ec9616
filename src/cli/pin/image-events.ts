import type { ScanEvent } from '../../check/events.ts'
import { NOTHING } from '../../references/file-events.ts'

/**
 * The events of one image as `pin` reports them. A tag is no finding here. Neither is an image that the registry does not
 * have, if compose builds it.
 */
export class ImageEvents {
  readonly #take: (event: ScanEvent) => readonly ScanEvent[]
  readonly #isBuildable: boolean
  readonly #dropped = new Set<string>()
  readonly #held: ScanEvent[] = []
  #isAbsent = false

  constructor(take: (event: ScanEvent) => readonly ScanEvent[], isBuildable: boolean) {
    this.#take = take
    this.#isBuildable = isBuildable
  }

  /** Whether it was never pushed, and is built instead. */
  get isOnlyBuilt(): boolean {
    return this.#isBuildable && this.#isAbsent
  }

  take(event: ScanEvent): readonly ScanEvent[] {
    const events = this.#take(event).flatMap((each) => this.#withoutTagFindings(each))
    if (!this.#isBuildable || event.type === 'progress') return events
    this.#held.push(...events)
    if (event.type !== 'summary' && event.type !== 'unreadable') return []
    const held = this.#held.splice(0)
    if (!this.#isAbsent) return held
    return held.flatMap((each): readonly ScanEvent[] => {
      if (each.type === 'target') return [each]
      return each.type === 'summary' ? [{ ...each, totals: NOTHING }] : []
    })
  }

  #withoutTagFindings(event: ScanEvent): readonly ScanEvent[] {
    if (event.type === 'tag') return [{ ...event, findings: event.findings.filter((id) => !this.#dropped.has(id)) }]
    if (event.type !== 'finding') return [event]
    const { id, code, cause, confirmed } = event.finding
    if (code === 'image-unpullable' && cause === 'not-found' && confirmed) this.#isAbsent = true
    if (code !== 'image-unpinned') return [event]
    this.#dropped.add(id)
    return []
  }
}
