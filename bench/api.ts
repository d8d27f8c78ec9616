import { checkLabels, checkRows } from './api-check.ts'
import { graphLabels, graphRows } from './api-graph.ts'
import { memoryLabels, memoryRows } from './api-memory.ts'
import { referenceLabels, referenceRows } from './api-references.ts'
import { throughputLabels, throughputRows } from './api-throughput.ts'
import { type Section, skipped } from './section.ts'
import { installed } from './timing.ts'

/** Each part starts a registry of its own, so that none finds what another has warmed. */
const PARTS: readonly (Section & { readonly needs: readonly string[] })[] = [
  { labels: throughputLabels, measure: throughputRows, needs: [] },
  { labels: graphLabels, measure: graphRows, needs: ['curl', 'jq'] },
  { labels: checkLabels, measure: checkRows, needs: [] },
  { labels: referenceLabels, measure: referenceRows, needs: [] },
  { labels: memoryLabels, measure: memoryRows, needs: [] },
]

/** Scans through a registry. A program that is not installed costs only the rows that need it. */
export const api: Section = {
  labels: PARTS.flatMap(({ labels }) => labels),
  async measure(bench) {
    const rows = []
    for (const { labels, measure, needs } of PARTS) {
      const missing = ['docker-registry', ...needs].filter((program) => !installed(program))
      if (process.platform !== 'linux') missing.push('/proc')
      const because = skipped(`without ${missing.join(', ')}`)
      rows.push(...(missing.length > 0 ? labels.map(() => because) : await measure(bench)))
    }
    return rows
  },
}
