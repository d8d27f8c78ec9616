import type { ReportedFinding } from '../../../src/check/events.ts'
import type { Finding } from '../../../src/check/findings/finding.ts'
import type { RepairPlace } from '../../../src/check/repair/place.ts'
import { type Repair, RepairPlanner } from '../../../src/check/repair/plan.ts'
import { reportFinding } from '../../../src/check/scan/report-finding.ts'

/** A registry on disk whose URL is not known. */
export const ON_DISK: RepairPlace = {
  kind: 'distribution',
  depth: 'blobs',
  pullThrough: false,
  url: undefined,
  quarantine: '/quarantine',
  absolute: (path) => path,
  digestOf: () => undefined,
}

/** What is printed beside one finding. */
export function repairOf(finding: Finding, place: RepairPlace = ON_DISK): Repair {
  return new RepairPlanner(place).add(finding)
}

export function reported(finding: Finding, registry: string, confirmed: boolean): ReportedFinding {
  return reportFinding(finding, { registry, confirmed, repair: repairOf(finding) })
}
