import type { PastFinding, ScanEvent, TargetInfo, TargetTotals, ToldFinding } from '../../check/events.ts'
import type { TagRecord, UncheckedRecord } from '../../check/judge/judge.ts'
import { type RunVerdict, verdictOf } from '../../check/judge/run-verdict.ts'
import type { RunFacts } from '../report.ts'

/** The JSON document of a run, as `docs/report.schema.json` describes it. */
export interface ReportDocument {
  readonly schemaVersion: 1
  readonly tool: { readonly name: 'regfsck'; readonly version: string }
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string
  readonly verdict: RunVerdict
  readonly targets: readonly ReportTarget[]
}

/** What a run says of one target. */
export interface ReportTarget extends TargetInfo {
  readonly complete: boolean
  /** Why nothing could be said. */
  readonly error?: string
  readonly totals: TargetTotals | null
  readonly tags: readonly ReportTag[]
  readonly findings: readonly ToldFinding[]
  readonly unchecked: readonly UncheckedRecord[]
  /** Only where earlier runs are remembered. */
  readonly fixed?: readonly PastFinding[]
  /** What earlier runs found and this one, which is not complete, could not look at again. */
  readonly stillKnown?: readonly PastFinding[]
}

export type ReportTag = TagRecord & { readonly findings: readonly string[] }

/** Makes the entry of one target of its events. */
export class TargetCollector {
  readonly #info: TargetInfo
  readonly #most: number
  readonly #tags: ReportTag[] = []
  readonly #findings: ToldFinding[] = []
  #errors = 0
  readonly #unchecked: UncheckedRecord[] = []
  readonly #fixed: PastFinding[] = []
  readonly #stillKnown: PastFinding[] = []
  #ending: Pick<ReportTarget, 'complete' | 'error' | 'totals'> = { complete: false, totals: null }

  /** @param most of each list, and of errors and other findings each, so that many of these leave room for those */
  constructor(info: TargetInfo, most: number = Number.POSITIVE_INFINITY) {
    this.#info = info
    this.#most = most
  }

  take(event: ScanEvent): void {
    const add = <T>(list: T[], item: T): void => {
      if (list.length < this.#most) list.push(item)
    }
    switch (event.type) {
      case 'tag':
        add(this.#tags, { ...event.record, findings: event.findings })
        return
      case 'finding': {
        const isError = event.finding.severity === 'error'
        const held = isError ? this.#errors : this.#findings.length - this.#errors
        if (held >= this.#most) return
        this.#findings.push(event.finding)
        if (isError) this.#errors++
        return
      }
      case 'fixed':
        add(this.#fixed, event.finding)
        return
      case 'still-known':
        add(this.#stillKnown, event.finding)
        return
      case 'unchecked':
        add(this.#unchecked, event.record)
        return
      case 'summary':
        this.#ending = { complete: event.complete, totals: event.totals }
        return
      case 'unreadable':
        this.#ending = { complete: false, totals: null, error: event.reason }
        return
      case 'target':
      case 'repairs':
      case 'progress':
    }
  }

  get target(): ReportTarget {
    const { complete, totals, ...error } = this.#ending
    return {
      ...this.#info,
      complete,
      totals,
      tags: this.#tags,
      findings: this.#findings,
      unchecked: this.#unchecked,
      ...(this.#fixed.length > 0 && { fixed: this.#fixed }),
      ...(this.#stillKnown.length > 0 && { stillKnown: this.#stillKnown }),
      ...error,
    }
  }
}

/** Makes the document of a run of its events. */
export class DocumentCollector {
  readonly #targets: TargetCollector[] = []

  take(event: ScanEvent): void {
    if (event.type === 'target') this.#targets.push(new TargetCollector(event.info))
    else this.#targets.at(-1)?.take(event)
  }

  end({ version, startedAt, finishedAt, counts }: RunFacts): ReportDocument {
    return {
      schemaVersion: 1,
      tool: { name: 'regfsck', version },
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      verdict: verdictOf(counts),
      targets: this.#targets.map(({ target }) => target),
    }
  }
}
