import type { Depth } from '../rules.ts'
import type { TargetKind } from '../target-kind.ts'

/** Where a plan is to be carried out. */
export interface RepairPlace {
  readonly kind: TargetKind
  /** How deep it was looked. */
  readonly depth: Depth
  /** Missing content is fetched from upstream when it is asked for, and nothing can be pushed. */
  readonly pullThrough: boolean
  /** The registry's URL, where it is known; else the variable `REGISTRY` has it. */
  readonly url: string | undefined
  /** The directory for what is moved out of the way: beside the root, never in it. Left out where there is no storage. */
  readonly quarantine: string | undefined
  /** A path as it is seen from any directory. */
  readonly absolute: (path: string) => string
  /** The digest that a tag names or named, where that is known. */
  readonly digestOf: (repository: string, tag: string) => string | undefined
}
