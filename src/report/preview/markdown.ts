import type { Write } from '../report.ts'
import type { PreviewReport } from './preview-report.ts'
import { previewTable } from './table/table.ts'

/** Characters in a line of a summary page. */
const COLUMNS = 100

/** The table as a code block, for the summary page of a pipeline. */
export function previewMarkdown(write: Write): PreviewReport {
  const pieces: string[] = []
  const table = previewTable((text) => pieces.push(text), { color: false, columns: COLUMNS })
  return {
    take: (target) => {
      table.take(target)
    },
    end: (run) => {
      void table.end(run)
      const text = pieces.join('')
      const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2)
      const fence = '`'.repeat(longest + 1)
      write(`## Preview of garbage collection\n\n${fence}text\n${text}${fence}\n`)
    },
  }
}
