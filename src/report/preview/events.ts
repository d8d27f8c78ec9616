import type { ScanEvent } from '../../check/events.ts'
import type { Report } from '../report.ts'
import type { PreviewedTarget, PreviewReport } from './preview-report.ts'

/** A preview as a report of its findings, for formats that list nothing else, such as JUnit and SARIF. */
export function previewFindingsReport(report: Report): PreviewReport {
  let errors = 0
  return {
    take(target) {
      for (const event of eventsOf(target)) {
        if (event.type === 'finding') errors++
        report.take(event)
      }
    },
    end({ version, startedAt, finishedAt, complete, exposition }) {
      const counts = { errors, warnings: 0, lostContent: 0, objects: 0, complete }
      return report.end({ version, startedAt, finishedAt, counts, exposition })
    },
  }
}

function eventsOf(previewed: PreviewedTarget): readonly ScanEvent[] {
  const isRead = previewed.is === 'previewed'
  const { target, registry } = isRead ? previewed.preview : previewed
  const head: ScanEvent = {
    type: 'target',
    info: { target, registry, kind: 'distribution', depth: 'graph', pullThrough: false },
  }
  if (!isRead) return [head, { type: 'unreadable', reason: previewed.reason }]
  const { findings, preview } = previewed
  return [
    head,
    ...findings.map((finding): ScanEvent => ({ type: 'finding', finding })),
    ...preview.unchecked.map((record): ScanEvent => ({ type: 'unchecked', record })),
  ]
}
