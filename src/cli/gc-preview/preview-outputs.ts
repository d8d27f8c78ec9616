import { previewFindingsReport } from '../../report/preview/events.ts'
import type { PreviewReport } from '../../report/preview/preview-report.ts'
import { codePages } from '../explain/code-pages.ts'
import type { ReportMaker } from '../run/outputs.ts'

/** The reports of a preview. */
export const previewReport: ReportMaker<PreviewReport> = async ({ format }, write, style) => {
  switch (format) {
    case 'json':
      return (await import('../../report/preview/json.ts')).previewJson(write)
    case 'ndjson':
      return (await import('../../report/preview/json.ts')).previewNdjson(write)
    case 'markdown':
      return (await import('../../report/preview/markdown.ts')).previewMarkdown(write)
    case 'junit':
      return previewFindingsReport((await import('../../report/junit.ts')).junitReport(write))
    case 'sarif': {
      const { sarifReport } = await import('../../report/sarif/sarif.ts')
      const pages = { findings: codePages('findings'), unchecked: codePages('unchecked') }
      return previewFindingsReport(sarifReport(write, (room, code) => pages[room].get(code)))
    }
    case 'prometheus':
      return previewFindingsReport((await import('../../report/prometheus.ts')).prometheusReport(write))
    // A table, then: `config/options/output.ts` says which formats this command takes.
    default:
      return (await import('../../report/preview/table/table.ts')).previewTable(write, style)
  }
}
