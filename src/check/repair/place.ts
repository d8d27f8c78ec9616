import type { Depth } from '../rules.ts'
import type { TargetKind } from '../target-kind.ts'

/** The registry that a plan repairs. */
export interface RepairPlace {
  readonly kind: TargetKind
  /** The depth of the scan. */
  readonly depth: Depth
  /** A pull-through cache: it fetches missing content on demand, and accepts no push. */
  readonly pullThrough: boolean
  /** The URL of the registry. `undefined`: commands use the variable `REGISTRY`. */
  readonly url: string | undefined
  /** The directory for files that are moved away: beside the root, never in it. Missing if no storage was scanned. */
  readonly quarantine: string | undefined
  /** Makes a path absolute. */
  readonly absolute: (path: string) => string
  /** The digest that a tag names or named, if known. */
  readonly digestOf: (repository: string, tag: string) => string | undefined
}
