import { writeFileSync } from 'node:fs'
import { metricsPage } from './metrics-page.ts'

/** Writes the page of all metrics: `npx tsx tools/make-metrics-page.ts`. */
writeFileSync(new URL('../docs/metrics.md', import.meta.url), metricsPage())
