import { FINDINGS } from '../findings/catalogue.ts'
import type { FindingCode } from '../findings/code.ts'
import type { FindingOf } from '../findings/finding.ts'
import { Parts } from './parts.ts'
import type { RepairPlace } from './place.ts'
import { inCache } from './pull-through.ts'
import type { Remedy } from './remedy.ts'

/** How to repair a finding. Each remedy was tested on a real registry; see `docs/findings/<code>.md`. */
export function remedyOf<C extends FindingCode>(finding: FindingOf<C>, place: RepairPlace): Remedy {
  const remedy = FINDINGS[finding.code].remedy(finding, new Parts(finding, place))
  return place.pullThrough ? inCache(finding, remedy, place) : remedy
}
