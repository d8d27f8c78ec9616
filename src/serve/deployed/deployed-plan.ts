import type { Links } from '../../metrics/links.ts'
import type { Scheduled } from '../schedule/schedule.ts'

/** A check of what is deployed that is repeated: a set of files that name images. */
export interface DeployedPlan extends Scheduled {
  /** Its name: the label `references` of its metrics. */
  readonly registry: string
  readonly profile: ''
  readonly kind: 'references'
  /** Milliseconds after which a check is stopped. */
  readonly deadline: number
  readonly links: Links
}
