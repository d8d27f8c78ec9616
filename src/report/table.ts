import type { ScanEvent } from '../check/events.ts'
import type { Report, RunFacts, Write } from './report.ts'

export interface TableStyle {
  readonly color: boolean
  readonly columns: number
}

export function tableReport(write: Write, _style: TableStyle): Report {
  return {
    take(event: ScanEvent): void {
      if (event.type === 'finding' || event.type === 'summary' || event.type === 'unreadable')
        write(`${JSON.stringify(event)}\n`)
    },
    end(run: RunFacts): void {
      write(`${run.verdict}\n`)
    },
  }
}
