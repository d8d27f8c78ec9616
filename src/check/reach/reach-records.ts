import type { Digest } from '../../oci/digest.ts'
import type { UncheckedRecord } from '../records.ts'
import type { Use } from '../use.ts'

/** What is asked about one repository. */
export interface ReachQuestion {
  /** What is deployed from it. */
  readonly deployed: readonly DeployedImage[]
  /** Its tags that count as deleted. */
  readonly without: ReadonlySet<string>
  /** Whether to list everything that is reached. */
  readonly list: boolean
}

/** An image of a repository that something deployed needs. */
export interface DeployedImage {
  /** As the file writes it. */
  readonly image: string
  /** A tag or a digest. */
  readonly wanted: string
  /** What runs of it now. Of a config it is not known which manifest names it. `local`: perhaps no image of any registry. */
  readonly running: readonly { readonly is: 'manifest' | 'config' | 'local'; readonly digest: Digest }[]
  readonly uses: readonly Use[]
  /** Whether it names the host of this registry. If not, it may be of another, and that it is not here means nothing. */
  readonly isCertain: boolean
}

/** Why something is kept: a tag, or something that is deployed. */
export type Root =
  | { readonly is: 'tag'; readonly tag: string }
  | { readonly is: 'deployed'; readonly image: string; readonly uses: readonly Use[] }

/** How a digest belongs to the one that leads to it. `referrer`: it names that one as its subject, or is tagged for it. */
export type Relation = 'child' | 'config' | 'layer' | 'referrer'

/** One step from a digest towards the root that keeps it. */
export interface Step {
  readonly relation: Relation
  readonly of: Digest
}

/** What a digest is, as far as it is known. */
export type ReachedKind = 'index' | 'manifest' | 'config' | 'layer' | 'unread'

/** A digest that something reaches. */
export interface ReachedDigest {
  readonly digest: Digest
  readonly kind: ReachedKind
}

/** A digest that was asked for and is reached. */
export interface Kept extends ReachedDigest {
  /** Everything that keeps it, tags first. */
  readonly roots: readonly Root[]
  /** The shortest way to the first root, from the digest. Empty: the root names it. */
  readonly way: readonly Step[]
}

/** The number of digests that are reached, by kind. */
export type ReachedTotals = Readonly<Record<ReachedKind, number>>

/** What is reached in one repository. */
export interface RepositoryReach {
  readonly repository: string
  /** Tags that it has, those that count as deleted too. */
  readonly tags: number
  /** Whether it has a manifest, tagged or not. */
  readonly holdsManifests: boolean
  readonly totals: ReachedTotals
  /** Sorted by digest; only if everything was to be listed. */
  readonly reached: readonly ReachedDigest[]
  /** Of the digests that were asked for, those that are reached. */
  readonly kept: readonly Kept[]
  /** What could not be read. It may lead to any digest of the repository. */
  readonly unknown: readonly UncheckedRecord[]
}
