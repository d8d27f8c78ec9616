import type { ScanEvent } from '../check/events.ts'
import type { RunVerdict } from '../report/report.ts'

/** What the exit code needs to know of a run. */
export class Tally {
  #errors = 0
  #warnings = 0
  #targets = 0
  #read = 0
  #complete = true
  #told = 0

  take(event: ScanEvent): void {
    if (event.type === 'target') this.#targets++
    if (event.type === 'finding' || event.type === 'unchecked' || event.type === 'unreadable') this.#told++
    // What was seen only once, because the scan was stopped, is no damage yet.
    if (event.type === 'finding' && event.finding.confirmed && event.finding.severity === 'error') this.#errors++
    if (event.type === 'finding' && event.finding.confirmed && event.finding.severity === 'warning') this.#warnings++
    if (event.type === 'summary') {
      this.#read++
      this.#complete &&= event.complete
    }
  }

  /** Something that was asked for is in none of the targets. */
  leaveOpen(): void {
    this.#complete = false
  }

  get targetsRead(): number {
    return this.#read
  }

  get complete(): boolean {
    return this.#complete && this.#read === this.#targets && this.#targets > 0
  }

  /** Nothing was found, not even a notice, and nothing was left out or skipped. */
  get isAllWell(): boolean {
    return this.complete && this.#told === 0
  }

  get verdict(): RunVerdict {
    if (this.#errors > 0) return 'damaged'
    return this.complete ? 'clean' : 'incomplete'
  }

  failsOn(level: 'error' | 'warning' | 'never'): boolean {
    if (level === 'never') return false
    return this.#errors > 0 || (level === 'warning' && this.#warnings > 0)
  }
}
