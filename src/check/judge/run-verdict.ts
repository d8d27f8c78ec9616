import type { ReportedFinding, ScanEvent, TargetTotals } from '../events.ts'
import { isLostContent } from '../findings/lost-content.ts'

/** Order of precedence: `damaged` (any confirmed error), `incomplete`, `clean`. */
export type RunVerdict = 'damaged' | 'incomplete' | 'clean'

/** The verdict, with two more cases that also exit with 0: lost content, and nothing to check. */
export type RunResult = RunVerdict | 'warning' | 'empty'

/** What the verdict depends on, for one target or for a whole run. */
export interface RunCounts {
  /** Confirmed findings by severity. */
  readonly errors: number
  readonly warnings: number
  /** Of the warnings, those about content that no tag needs. */
  readonly lostContent: number
  /** Tags, manifests and blobs, checked or not. */
  readonly objects: number
  readonly complete: boolean
}

/** The verdict of a run, or of one target. */
export function verdictOf({ errors, complete }: Pick<RunCounts, 'errors' | 'complete'>): RunVerdict {
  if (errors > 0) return 'damaged'
  return complete ? 'clean' : 'incomplete'
}

/** The same, with the two other cases of exit code 0. */
export function resultOf(counts: RunCounts): RunResult {
  const verdict = verdictOf(counts)
  if (verdict !== 'clean') return verdict
  if (counts.lostContent > 0) return 'warning'
  return counts.objects === 0 ? 'empty' : 'clean'
}

/** Whether a finding makes a registry damaged. One that was seen only once, because the scan was stopped, does not. */
export function isConfirmedError({ severity, confirmed }: Pick<ReportedFinding, 'severity' | 'confirmed'>): boolean {
  return severity === 'error' && confirmed
}

/** Counts the events of a run, of one target or of several. */
export class RunCounter implements RunCounts {
  errors = 0
  warnings = 0
  lostContent = 0
  objects = 0
  /** Targets that were started, that could be read, and that were scanned completely. */
  #targets = 0
  #read = 0
  #whole = 0

  take(event: ScanEvent): void {
    if (event.type === 'target') this.#targets++
    if (event.type === 'finding') this.#count(event.finding)
    if (event.type !== 'summary') return
    this.#read++
    if (event.complete) this.#whole++
    this.objects += objectsIn(event.totals)
  }

  #count(finding: ReportedFinding): void {
    if (isConfirmedError(finding)) this.errors++
    if (finding.severity === 'warning' && finding.confirmed) this.warnings++
    if (isLostContent(finding)) this.lostContent++
  }

  get targetsRead(): number {
    return this.#read
  }

  get complete(): boolean {
    return this.#targets > 0 && this.#whole === this.#targets
  }
}

/** The counts of one target, from its report. */
export function countsIn(target: {
  readonly findings: readonly ReportedFinding[]
  readonly totals: TargetTotals | null
  readonly complete: boolean
}): RunCounts {
  const { findings, totals, complete } = target
  return {
    errors: findings.filter(isConfirmedError).length,
    warnings: findings.filter(({ severity, confirmed }) => severity === 'warning' && confirmed).length,
    lostContent: findings.filter(isLostContent).length,
    objects: totals === null ? 0 : objectsIn(totals),
    complete,
  }
}

function objectsIn({ tags, manifests, blobs }: TargetTotals): number {
  return [{ ...tags }, { ...manifests }, { ...blobs }].flatMap((ends) => Object.values(ends)).reduce((a, b) => a + b, 0)
}
