import type { ReportedFinding } from '../../check/events.ts'
import { RepairPlanner } from '../../check/repair/plan.ts'
import { reportFinding } from '../../check/scan/report-finding.ts'
import { previewFindings } from './findings.ts'
import type { Preview } from './preview.ts'

/** The findings of a preview, with their ids and texts. What to do is advice alone: nothing is damaged yet. */
export function reportedFindings(preview: Preview): readonly ReportedFinding[] {
  const planner = new RepairPlanner({
    kind: 'distribution',
    depth: 'graph',
    pullThrough: false,
    url: undefined,
    quarantine: undefined,
    absolute: (path) => path,
    digestOf: () => undefined,
  })
  return previewFindings(preview).map((finding) =>
    reportFinding(finding, { registry: preview.registry, confirmed: true, repair: planner.add(finding) }),
  )
}
