import { DocumentCollector } from './document.ts'
import { harmlessJson } from './escape.ts'
import type { Report, Write } from './report.ts'

/** One JSON document, as `docs/report.schema.json` describes it. */
export function jsonReport(write: Write): Report {
  const document = new DocumentCollector()
  return {
    take: (event) => {
      document.take(event)
    },
    end: (run) => {
      write(`${harmlessJson(document.end(run), 2)}\n`)
    },
  }
}
