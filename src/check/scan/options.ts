import type { UncheckedRecord } from '../records.ts'
import type { Rules } from '../rules.ts'
import type { SelectionCheck } from './selection.ts'

/** How one target is scanned. */
export interface ScanOptions {
  /** The rules for one repository; `undefined`: it is not scanned. */
  readonly rulesFor: (repository: string) => Rules | undefined
  readonly depth: Rules['depth']
  readonly pullThrough: boolean
  /** Every revision counts if the whole registry has no tag. Missing: only `rulesFor` decides. */
  readonly countsUntagged?: boolean
  readonly allTags: boolean
  /** Where clients reach the registry whose storage is scanned, if known. */
  readonly registryUrl?: string | undefined
  /** The shard to which `rulesFor` narrows the scan, such as `0/4`. */
  readonly shard?: string
  readonly garbage: boolean
  /** Waits before a second look; ends early if the scan is stopped. */
  readonly pause: (signal: AbortSignal) => Promise<void>
  /** Settles shortly after the signal. Work in progress is not waited for after that. */
  readonly graceOver: Promise<void>
  /** Places that could not be listed while the target was located. */
  readonly unlisted?: readonly UncheckedRecord[]
  /** The patterns that narrow the scan, if any. */
  readonly selection?: SelectionCheck | undefined
  /** Whether the run has other targets: a pattern that matches nothing here may match there. */
  readonly isOneOfSeveral?: boolean
  /** Milliseconds since a fixed moment. Missing: stages are not timed. */
  readonly clock?: () => number
  /** The stack of an error for a bug report. Missing: as Node prints it. */
  readonly stackOf?: (error: Error) => string
}
