import { checkLabels, checkRows } from './api-check.ts'
import { graphLabels, graphRows } from './api-graph.ts'
import { memoryLabels, memoryRows } from './api-memory.ts'
import { referenceLabels, referenceRows } from './api-references.ts'
import { throughputLabels, throughputRows } from './api-throughput.ts'
import { type Section, skipped } from './section.ts'
import { installed } from './timing.ts'

const NEEDED = ['docker-registry', 'curl', 'jq', 'wrk']

/** Scans through a registry. Each part starts one of its own, so that none finds what another has warmed. */
export const api: Section = {
  labels: [...throughputLabels, ...graphLabels, ...checkLabels, ...referenceLabels, ...memoryLabels],
  async measure(bench) {
    const missing = NEEDED.filter((program) => !installed(program))
    if (process.platform !== 'linux') missing.push('/proc')
    if (missing.length > 0) return api.labels.map(() => skipped(`without ${missing.join(', ')}`))
    const rows = []
    for (const measure of [throughputRows, graphRows, checkRows, referenceRows, memoryRows])
      rows.push(...(await measure(bench)))
    return rows
  },
}
