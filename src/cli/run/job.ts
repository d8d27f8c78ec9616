import type { ScanEvent, TargetInfo } from '../../check/events.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import type { Depth, Rules } from '../../check/rules.ts'
import type { SelectionCheck } from '../../check/scan/selection.ts'
import type { Shard } from '../../check/scan/shard.ts'
import type { Source } from '../../check/source.ts'
import type { MetricsRequest } from '../options/metrics-request.ts'
import type { Io, Stream } from '../process/io.ts'
import type { OutputChoice } from './outputs.ts'

/** One target, ready to be scanned. */
export interface Job {
  readonly info: Omit<TargetInfo, 'depth'>
  /** Places that could not be listed during the search for registries. */
  readonly unlisted: readonly UncheckedRecord[]
  /** Missing: that of the run. */
  readonly depth?: Depth | undefined
  readonly rulesFor: (repository: string) => Rules | undefined
  /** The selected repositories of this target. */
  readonly selection?: SelectionCheck | undefined
  /** What its result means for others: turns each event into those that are reported. */
  readonly extend?: ((event: ScanEvent) => readonly ScanEvent[]) | undefined
  /** @throws {TargetError} if it is already known that it cannot be scanned */
  open(): Source | Promise<Source>
}

/** Options for all targets of a run. */
export interface RunRequest {
  readonly depth: Depth
  readonly outputs: readonly OutputChoice[]
  readonly garbage: boolean
  readonly allTags: boolean
  /** Whether every revision counts if a registry has no tags. */
  readonly countsUntagged?: boolean
  /** The URL of the registry whose storage is scanned. */
  readonly registryUrl?: string | undefined
  /** The shard of the repositories to scan. Missing: all of them. */
  readonly shard?: Shard | undefined
  /** Milliseconds before the second look. */
  readonly recheckDelay: number
  /** Milliseconds for the whole run. */
  readonly deadline: number | undefined
  readonly failOn: 'error' | 'warning' | 'never'
  readonly color: 'auto' | 'always' | 'never'
  readonly logLevel: string
  /** Whether to hide progress. */
  readonly quiet: boolean
  /** The file with the findings of earlier runs. */
  readonly state: string | undefined
  /** The name of this scan configuration, if a registry has several. */
  readonly profile: string
  readonly metrics: MetricsRequest | undefined
  /** Whether only repositories given by name are requested from a registry's API. */
  readonly repositoriesAreNamed: boolean
}

/** What a run gets from its command. */
export interface Surroundings {
  readonly io: Io
  readonly version: string
  /** The stream for a result without a file. */
  readonly results: Stream
  /** Receives all events that the outputs receive. */
  readonly onEvent?: (event: ScanEvent) => void
  /** The events of one more target, after all others. */
  readonly lastTarget?: readonly ScanEvent[] | undefined
  /** Sentences about selected repositories that no target has. Called when all targets are done. */
  readonly notFound?: () => readonly string[]
}
