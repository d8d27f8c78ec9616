import type { FixedFinding, ScanEvent, TargetInfo, TargetTotals, ToldFinding } from '../check/events.ts'
import type { UncheckedRecord } from '../check/judge.ts'
import { harmlessJson } from './escape.ts'
import type { Report, RunFacts, Write } from './report.ts'

/** One JSON document, as `docs/report.schema.json` describes it. */
export function jsonReport(write: Write): Report {
  const targets: JsonTarget[] = []
  return {
    take(event: ScanEvent): void {
      if (event.type === 'target') targets.push(emptyTarget(event.info))
      else if (targets.length > 0) add(targets[targets.length - 1] as JsonTarget, event)
    },
    end({ version, startedAt, finishedAt, verdict }: RunFacts): void {
      const document = {
        schemaVersion: 1,
        tool: { name: 'regfsck', version },
        startedAt: startedAt.toISOString(),
        finishedAt: finishedAt.toISOString(),
        verdict,
        targets,
      }
      write(`${harmlessJson(document, 2)}\n`)
    },
  }
}

interface JsonTarget extends TargetInfo {
  complete: boolean
  error?: string
  totals: TargetTotals | null
  readonly tags: object[]
  readonly findings: ToldFinding[]
  readonly unchecked: UncheckedRecord[]
  fixed?: FixedFinding[]
}

function emptyTarget(info: TargetInfo): JsonTarget {
  return { ...info, complete: false, totals: null, tags: [], findings: [], unchecked: [] }
}

function add(target: JsonTarget, event: ScanEvent): void {
  switch (event.type) {
    case 'tag':
      target.tags.push({ ...event.record, findings: event.findings })
      return
    case 'finding':
      target.findings.push(event.finding)
      return
    case 'fixed':
      target.fixed ??= []
      target.fixed.push(event.finding)
      return
    case 'unchecked':
      target.unchecked.push(event.record)
      return
    case 'summary':
      target.complete = event.complete
      target.totals = event.totals
      return
    case 'unreadable':
      target.error = event.reason
      return
    case 'target':
    case 'progress':
  }
}
