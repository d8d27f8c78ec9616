import type { ScanEvent } from '../../check/events.ts'
import { RunCounter } from '../../check/judge/run-verdict.ts'

/** What the exit code needs to know of a run. */
export class Tally extends RunCounter {
  #isLeftOpen = false
  #told = 0

  override take(event: ScanEvent): void {
    super.take(event)
    if (event.type === 'finding' || event.type === 'unchecked' || event.type === 'unreadable') this.#told++
  }

  /** Something that was asked for is in none of the targets. */
  leaveOpen(): void {
    this.#isLeftOpen = true
  }

  override get complete(): boolean {
    return super.complete && !this.#isLeftOpen
  }

  /** Nothing was found, not even a notice, and nothing was left out or skipped. */
  get isAllWell(): boolean {
    return this.complete && this.#told === 0
  }

  failsOn(level: 'error' | 'warning' | 'never'): boolean {
    if (level === 'never') return false
    return this.errors > 0 || (level === 'warning' && this.warnings > 0)
  }
}
