import type { Report, Write } from './report.ts'

/** The text format of Prometheus, made of the whole run when it is over. */
export function prometheusReport(write: Write): Report {
  return {
    take(): void {
      // The numbers are made elsewhere, of the same events.
    },
    end({ exposition }): void {
      write(exposition)
    },
  }
}
