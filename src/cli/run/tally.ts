import type { ScanEvent } from '../../check/events.ts'
import { RunCounter } from '../../check/judge/run-verdict.ts'

/** Counts what decides the exit code of a run. */
export class Tally extends RunCounter {
  #isLeftOpen = false
  #reported = 0

  override take(event: ScanEvent): void {
    super.take(event)
    if (event.type === 'finding' || event.type === 'unchecked' || event.type === 'unreadable') this.#reported++
  }

  /** Records that something selected is in none of the targets. */
  markIncomplete(): void {
    this.#isLeftOpen = true
  }

  override get complete(): boolean {
    return super.complete && !this.#isLeftOpen
  }

  /** Whether there are no findings, not even notices, and nothing unchecked or skipped. */
  get isAllWell(): boolean {
    return this.complete && this.#reported === 0
  }

  failsOn(level: 'error' | 'warning' | 'never'): boolean {
    if (level === 'never') return false
    return this.errors > 0 || (level === 'warning' && this.warnings > 0)
  }
}
