import type { PastFinding, ReportedFinding, ScanEvent, TargetInfo } from '../../check/events.ts'
import type { TagRecord, UncheckedRecord } from '../../check/records.ts'

/** A tag, with the ids of the findings that reach it. */
export type ReportTag = TagRecord & { readonly findings: readonly string[] }

/** The event that ends the scan of a target. */
export type TargetEnd = Extract<ScanEvent, { readonly type: 'summary' | 'unreadable' }>

/** Everything that the events of one target say. Each list is in the order of the events. */
export interface TargetRecords {
  readonly info: TargetInfo
  readonly tags: readonly ReportTag[]
  readonly findings: readonly ReportedFinding[]
  readonly unchecked: readonly UncheckedRecord[]
  /** Tags and unchecked objects together, for a report that prints them in the order in which they came. */
  readonly tagsAndUnchecked: readonly (ReportTag | UncheckedRecord)[]
  readonly fixed: readonly PastFinding[]
  readonly stillKnown: readonly PastFinding[]
  /** `undefined` until the scan of the target ends. */
  readonly end: TargetEnd | undefined
}

/** Collects the events of one target. Every report that needs them together uses it. */
export class TargetCollector implements TargetRecords {
  readonly info: TargetInfo
  readonly tags: ReportTag[] = []
  readonly findings: ReportedFinding[] = []
  readonly unchecked: UncheckedRecord[] = []
  readonly tagsAndUnchecked: (ReportTag | UncheckedRecord)[] = []
  readonly fixed: PastFinding[] = []
  readonly stillKnown: PastFinding[] = []
  end: TargetEnd | undefined
  readonly #limit: number
  #errors = 0

  /** @param limit of each list; errors and other findings are limited apart, so that warnings cannot crowd out errors */
  constructor(info: TargetInfo, limit: number = Number.POSITIVE_INFINITY) {
    this.info = info
    this.#limit = limit
  }

  take(event: ScanEvent): void {
    switch (event.type) {
      case 'tag':
        this.#addListed(this.tags, { ...event.record, findings: event.findings })
        return
      case 'finding':
        this.#addFinding(event.finding)
        return
      case 'fixed':
        this.#add(this.fixed, event.finding)
        return
      case 'still-known':
        this.#add(this.stillKnown, event.finding)
        return
      case 'unchecked':
        this.#addListed(this.unchecked, event.record)
        return
      case 'summary':
      case 'unreadable':
        this.end = event
        return
      case 'target':
      case 'repairs':
      case 'progress':
    }
  }

  #addFinding(finding: ReportedFinding): void {
    const isError = finding.severity === 'error'
    if ((isError ? this.#errors : this.findings.length - this.#errors) >= this.#limit) return
    this.findings.push(finding)
    if (isError) this.#errors++
  }

  #addListed<T extends ReportTag | UncheckedRecord>(list: T[], record: T): void {
    if (list.length >= this.#limit) return
    list.push(record)
    this.tagsAndUnchecked.push(record)
  }

  #add<T>(list: T[], item: T): void {
    if (list.length < this.#limit) list.push(item)
  }
}

/** Collects the events of a run, target by target. */
export class RunCollector {
  readonly targets: TargetCollector[] = []

  take(event: ScanEvent): void {
    if (event.type === 'target') this.targets.push(new TargetCollector(event.info))
    else this.targets.at(-1)?.take(event)
  }
}

/** Whether an entry of {@link TargetRecords.tagsAndUnchecked} is a tag. */
export function isTag(record: ReportTag | UncheckedRecord): record is ReportTag {
  return 'verdict' in record
}
