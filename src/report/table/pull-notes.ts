import type { CountedPulls } from '../../check/events.ts'
import { harmless } from '../escape.ts'

/** Adds up what registries have counted as pulls of all targets. */
export class PullNotes {
  readonly #hosts = new Map<string, CountedPulls>()

  add(pulls: readonly CountedPulls[]): void {
    for (const each of pulls) {
      const known = this.#hosts.get(each.host)
      const counted = (known?.counted ?? 0) + each.counted
      const remaining = Math.min(known?.remaining ?? each.remaining, each.remaining)
      this.#hosts.set(each.host, { ...each, counted, remaining })
    }
  }

  /** A line for each host. */
  get lines(): readonly string[] {
    return [...this.#hosts.values()].map(({ host, counted, limit, remaining, seconds }) => {
      const allowed = limit === undefined ? '' : ` of ${limit}`
      return `${harmless(host)}: ${counted} requests counted as pulls; ${remaining}${allowed} are left (${hours(seconds)})`
    })
  }
}

function hours(seconds: number): string {
  return seconds < 3600 ? `in ${seconds} s` : `in ${Number((seconds / 3600).toFixed(1))} h`
}
