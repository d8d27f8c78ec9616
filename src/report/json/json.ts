import { harmlessJsonText } from '../escape.ts'
import type { Report, Write } from '../report.ts'
import { breather } from './breather.ts'
import { DocumentCollector } from './document.ts'
import { jsonPieces } from './json-pieces.ts'

/**
 * One JSON document, as `docs/report.schema.json` describes it.
 *
 * @param breathe see {@link breather}; tests pass their own
 */
export function jsonReport(write: Write, breathe: ReturnType<typeof breather> = breather()): Report {
  const document = new DocumentCollector()
  return {
    take: (event) => {
      document.take(event)
    },
    end: async (run) => {
      for (const piece of jsonPieces(document.end(run))) {
        write(harmlessJsonText(piece))
        const turn = breathe()
        if (turn !== undefined) await turn
      }
      write('\n')
    },
  }
}
