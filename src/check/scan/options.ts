import type { UncheckedRecord } from '../records.ts'
import type { Rules } from '../rules.ts'
import type { SelectionCheck } from './selection.ts'

/** How one target is scanned. */
export interface ScanOptions {
  /** The rules for one repository; `undefined`: it is not scanned. */
  readonly rulesFor: (repository: string) => Rules | undefined
  readonly depth: Rules['depth']
  readonly pullThrough: boolean
  /** Every revision counts if the whole registry has no tag. Left out: `rulesFor` alone decides. */
  readonly countsUntagged?: boolean
  readonly allTags: boolean
  /** Where clients reach the registry whose storage is scanned, if known. */
  readonly registryUrl?: string | undefined
  /** The name of the slice to which `rulesFor` narrows the scan: `0/4`. */
  readonly shard?: string
  readonly garbage: boolean
  /** Waits before a second look; ends early if the scan is stopped. */
  readonly pause: (signal: AbortSignal) => Promise<void>
  /** Ends a moment after the signal: nothing in progress is waited for any longer. */
  readonly patience: Promise<void>
  /** Places that could not be listed while the target was located. */
  readonly unlisted?: readonly UncheckedRecord[]
  /** The patterns that narrow the scan, if any. */
  readonly selection?: SelectionCheck | undefined
  /** Whether the run has other targets, in which a pattern may match what it does not match here. */
  readonly isOneOfSeveral?: boolean
  /** Milliseconds since any fixed moment. Left out: no stage is timed. */
  readonly clock?: () => number
  /** The stack of an error as a bug report should show it. Left out: as Node writes it. */
  readonly stackOf?: (error: Error) => string
}
