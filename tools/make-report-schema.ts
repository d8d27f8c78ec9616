import { writeFileSync } from 'node:fs'
import { previewSchemaText, reportSchemaText } from './report-schema-text.ts'

/** Writes the published schemas of the reports: `npm run schema`. */
writeFileSync(new URL('../docs/report.schema.json', import.meta.url), reportSchemaText())
writeFileSync(new URL('../docs/gc-preview.schema.json', import.meta.url), previewSchemaText())
