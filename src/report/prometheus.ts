import type { Report, Write } from './report.ts'

/** The metrics of the run in the text format of Prometheus. */
export function prometheusReport(write: Write): Report {
  return {
    take(): void {
      // The metrics room counts the same events.
    },
    end({ exposition }): void {
      write(exposition)
    },
  }
}
