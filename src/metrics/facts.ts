import type { ReportedFinding, ScanEvent, TargetInfo } from '../check/events.ts'
import { FINDINGS } from '../check/findings/catalogue.ts'
import type { GarbageKind } from '../check/findings/code.ts'
import type { UncheckedRecord } from '../check/records.ts'
import { isReferenceCode, isSkip } from '../check/store-error.ts'
import { INCONCLUSIVE, SKIPPED, type UncheckedKind } from './label-values.ts'

/** The event that ended the scan of a target. */
export type TargetEnding = Extract<ScanEvent, { readonly type: 'summary' | 'unreadable' }>

/** The number and size of garbage objects of one kind. */
export interface GarbageCount {
  objects: number
  bytes: number
}

/**
 * Counts the events of one target for its metrics. Memory grows with the repositories that have errors, not with the
 * registry.
 *
 * Unconfirmed findings, which a stopped scan saw only once, are not counted: they must not fire an alert.
 */
export class TargetTally {
  readonly info: TargetInfo
  /** Whether this run found an error itself. */
  foundErrors = false
  /** Errors by code. An incomplete run also counts errors of earlier runs that it could not check again. */
  readonly errors: Map<string, number> = new Map()
  /** Errors by repository. */
  readonly failing: Map<string, number> = new Map()
  readonly garbage: Map<GarbageKind, GarbageCount> = new Map()
  /** By kind, then by reason. */
  readonly inconclusive: Map<UncheckedKind, Map<string, number>> = new Map()
  readonly skipped: Map<UncheckedKind, Map<string, number>> = new Map()
  /** When the oldest error was first seen, in milliseconds since 1970. Only with a state of earlier runs. */
  oldestError: number | undefined
  ending: TargetEnding | undefined

  constructor(info: TargetInfo) {
    this.info = info
  }

  take(event: ScanEvent): void {
    switch (event.type) {
      case 'finding':
        if (event.finding.confirmed) this.#count(event.finding)
        return
      case 'still-known':
        if (event.finding.severity === 'error') this.#countError(event.finding)
        return
      case 'unchecked':
        this.#countUnchecked(event.record)
        return
      case 'summary':
      case 'unreadable':
        this.ending = event
        return
      case 'target':
      case 'repairs':
      case 'progress':
      case 'tag':
      case 'fixed':
    }
  }

  get summary(): Extract<ScanEvent, { readonly type: 'summary' }> | undefined {
    return this.ending?.type === 'summary' ? this.ending : undefined
  }

  get isComplete(): boolean {
    return this.summary?.complete ?? false
  }

  #count(finding: ReportedFinding): void {
    const { code, severity, evidence } = finding
    const { garbage } = FINDINGS[code]
    if (garbage !== undefined && severity !== 'error') {
      const tallied = this.garbage.get(garbage) ?? { objects: 0, bytes: 0 }
      tallied.objects++
      tallied.bytes += evidence.bytes ?? 0
      this.garbage.set(garbage, tallied)
    }
    if (severity !== 'error') return
    this.foundErrors = true
    this.#countError(finding)
  }

  #countError({ code, repository, firstSeen }: Pick<ReportedFinding, 'code' | 'repository' | 'firstSeen'>): void {
    increase(this.errors, code)
    if (repository !== undefined) increase(this.failing, repository)
    const seen = firstSeen === undefined ? Number.NaN : Date.parse(firstSeen)
    if (!Number.isNaN(seen)) this.oldestError = Math.min(seen, this.oldestError ?? seen)
  }

  #countUnchecked({ because, tag, kind }: UncheckedRecord): void {
    if (isReferenceCode(because)) return
    const what: UncheckedKind = kind === 'layer-link' ? 'layer_link' : (kind ?? (tag === undefined ? 'place' : 'tag'))
    const counts = isSkip(because) ? this.skipped : this.inconclusive
    const reasons = counts.get(what) ?? new Map<string, number>()
    increase(reasons, isSkip(because) ? SKIPPED[because] : INCONCLUSIVE[because])
    counts.set(what, reasons)
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
