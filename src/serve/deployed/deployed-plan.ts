import type { Links } from '../../metrics/links.ts'
import type { Scheduled } from '../schedule/schedule.ts'
import type { TextSource } from '../schedule/text-source.ts'

/** A check of what is deployed that is repeated: a set of files that name images, or a cluster. */
export interface DeployedPlan extends Scheduled {
  /** Its name: the label `references` of its metrics. */
  readonly registry: string
  readonly profile: ''
  readonly kind: 'references'
  /** Milliseconds after which a check is stopped. */
  readonly deadline: number
  readonly links: Links
  /** Where the images are not named in files: gives each run the text that names them. */
  readonly input?: TextSource | undefined
}
