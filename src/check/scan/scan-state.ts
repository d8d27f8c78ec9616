import { CAPABILITIES } from '../capabilities.ts'
import type { GarbageSearch, TargetTotals, UntaggedRevisions } from '../events.ts'
import type { Finding } from '../findings/finding.ts'
import { isComplete } from '../judge/judge.ts'
import { unproved } from '../judge/target-totals.ts'
import type { Coverage, Stage, Storage, UncheckedRecord } from '../records.ts'
import type { Source } from '../source.ts'
import type { ScanOptions } from './options.ts'
import { Results } from './results.ts'
import { StillThere } from './still-there.ts'

/** The findings and the progress of a scan of one target. */
export class ScanState {
  readonly source: Source
  readonly options: ScanOptions
  readonly signal: AbortSignal
  readonly results: Results
  readonly stillThere: StillThere
  /** Places that could not be scanned, apart from those in the results of repositories. */
  readonly places: UncheckedRecord[] = []
  readonly garbage: Finding[] = []
  garbageSearch: GarbageSearch = 'none'
  storage: Storage | undefined
  readonly durations: Partial<Record<Stage | 'garbage', number>> = {}
  /** Bytes of content that the first checks deferred and that have been read since. */
  settledBytes = 0
  /** Whether all deferred content was read. */
  isProved = false
  /** `false`: the second look did not happen. */
  isConfirmed = true
  /** Repositories that keep their first report, because a later one found less and could not be trusted. */
  readonly unconfirmed: Set<string> = new Set()
  isStopped = false
  untagged: UntaggedRevisions | undefined

  constructor(source: Source, options: ScanOptions, signal: AbortSignal) {
    this.source = source
    this.options = options
    this.signal = signal
    this.places.push(...(options.unlisted ?? []))
    this.results = new Results(options.depth)
    this.stillThere = new StillThere(source, signal, options.graceOver)
  }

  /** Milliseconds since any fixed moment; 0 if no stage is timed. */
  now(): number {
    return this.options.clock?.() ?? 0
  }

  /** @param start the value of {@link now} when the stage began */
  endOf(stage: Stage | 'garbage', start: number): void {
    const { clock, depth } = this.options
    const wasIdle =
      (stage === 'content' && depth !== 'content') || (stage === 'second-look' && this.results.suspects.size === 0)
    if (clock && !wasIdle) this.durations[stage] = clock() - start
  }

  totals(): TargetTotals {
    const totals = this.results.totals()
    return this.isUnproved ? unproved(totals) : totals
  }

  /** Not all content was read although the depth asks for it: nothing can be called intact. */
  get isUnproved(): boolean {
    return this.options.depth === 'content' && !this.isProved
  }

  get isComplete(): boolean {
    return !this.isStopped && isComplete(this.allPlaces()) && this.results.areComplete
  }

  allPlaces(): readonly UncheckedRecord[] {
    return [...this.places, ...this.stillThere.places]
  }

  coverage(): Coverage {
    const { checked, manifestBytes, blobBytes } = this.results.coverage()
    // The checks read content that was not deferred.
    const atOnce = this.options.depth === 'content' && CAPABILITIES[this.source.kind].hashesAtOnce ? blobBytes : 0
    return {
      checked,
      checkedBytes: manifestBytes + atOnce + this.settledBytes,
      ...(this.storage && { storage: this.storage }),
      durations: this.durations,
    }
  }
}
