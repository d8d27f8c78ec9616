import { writeFileSync } from 'node:fs'
import { reportSchemaText } from './report-schema-text.ts'

/** Writes the published schema of the report: `npm run schema`. */
writeFileSync(new URL('../docs/report.schema.json', import.meta.url), reportSchemaText())
