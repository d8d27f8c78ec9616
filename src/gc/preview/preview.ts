import type { UncheckedRecord } from '../../check/records.ts'
import type { GcBreakage, GcOutcome, ReadinessIssue } from '../outcome.ts'
import type { DeployedImage } from './deployed.ts'

/** What garbage collections would do to one registry. Reports and metrics are made from it alone. */
export interface Preview {
  /** The storage root. */
  readonly target: string
  /** Its name, unique in a run. */
  readonly registry: string
  readonly stored: StoredAmounts
  readonly collections: readonly CollectionPreview[]
  /** What 3.x cannot serve or collect. `undefined`: it was not asked for. */
  readonly readiness: readonly ReadinessIssue[] | undefined
  /** Images of `--from` that are taken to be in this registry. `undefined`: nothing was said about what is deployed. */
  readonly deployed: DeployedPreview | undefined
  /** What could not be read, or moved while it was read, and what was left out on purpose. */
  readonly unchecked: readonly UncheckedRecord[]
  /** Whether everything was read. If not, nothing is called safe. */
  readonly complete: boolean
}

/** Everything that is stored. */
export interface StoredAmounts {
  readonly repositories: number
  readonly tags: number
  readonly blobs: number
  readonly bytes: number
}

/** One way to collect, and what it would do. */
export interface CollectionPreview {
  readonly outcome: GcOutcome
  readonly verdict: CollectionVerdict
  /** What would break although nobody asked for it: all but untagged revisions that nothing is known to use. Last, digests that are deployed and of which only the index above them tells otherwise. */
  readonly broken: readonly GcBreakage[]
  /** Untagged revisions that can be pulled by digest, and that `--delete-untagged` is meant to delete. */
  readonly intended: number
  /** Deployed images that would break, each with what breaks of it. */
  readonly deployed: readonly BrokenDeployment[]
}

/**
 * How a collection would end; the first that holds. `aborts`: a file stops it. `breaks`: something that can be pulled now could
 * not be pulled afterwards. `unknown`: not everything could be read. `safe`: none of these.
 */
export type CollectionVerdict = 'aborts' | 'breaks' | 'unknown' | 'safe'

/** A deployed image that would break. */
export interface BrokenDeployment {
  readonly image: DeployedImage
  readonly breakage: GcBreakage
}

/** Deployed images of a registry. */
export interface DeployedPreview {
  readonly images: number
  /** Images that are not in the storage now: other tools must say why. */
  readonly absent: readonly DeployedImage[]
}

/** The worst verdict of all collections of a registry, or of a run. */
export function worstVerdict(verdicts: readonly CollectionVerdict[]): CollectionVerdict {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'unknown'
}

const ORDER: readonly CollectionVerdict[] = ['breaks', 'aborts', 'unknown', 'safe']
