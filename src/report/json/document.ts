import type {
  CountedPulls,
  PastFinding,
  ReportedFinding,
  ScanEvent,
  TargetInfo,
  TargetTotals,
} from '../../check/events.ts'
import { type RunVerdict, verdictOf } from '../../check/judge/run-verdict.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { type ReportTag, RunCollector, type TargetRecords } from '../records/target-records.ts'
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

/** One target in the document. */
export interface ReportTarget extends TargetInfo {
  readonly complete: boolean
  /** Why the target could not be read. */
  readonly error?: string
  readonly totals: TargetTotals | null
  readonly tags: readonly ReportTag[]
  readonly findings: readonly ReportedFinding[]
  readonly unchecked: readonly UncheckedRecord[]
  /** Only of an image at a registry that limits pulls. */
  readonly pulls?: readonly CountedPulls[]
  /** Only with a state of earlier runs. */
  readonly fixed?: readonly PastFinding[]
  /** Findings of earlier runs that this run, which is incomplete, could not check again. */
  readonly stillKnown?: readonly PastFinding[]
}

/** The entry of one target. */
export function reportTargetOf(records: TargetRecords): ReportTarget {
  const { info, tags, findings, unchecked, fixed, stillKnown, end } = records
  return {
    ...info,
    complete: end?.type === 'summary' && end.complete,
    totals: end?.type === 'summary' ? end.totals : null,
    tags,
    findings,
    unchecked,
    ...(end?.type === 'summary' && end.pulls && { pulls: end.pulls }),
    ...(fixed.length > 0 && { fixed }),
    ...(stillKnown.length > 0 && { stillKnown }),
    ...(end?.type === 'unreadable' && { error: end.reason }),
  }
}

/** Makes the document of a run. */
export class DocumentCollector {
  readonly #run = new RunCollector()

  take(event: ScanEvent): void {
    this.#run.take(event)
  }

  end({ version, startedAt, finishedAt, counts }: RunFacts): ReportDocument {
    return {
      schemaVersion: 1,
      tool: { name: 'regfsck', version },
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      verdict: verdictOf(counts),
      targets: this.#run.targets.map(reportTargetOf),
    }
  }
}
