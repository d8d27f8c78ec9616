import type { ClusterHealth } from '../deployed/cluster-health.ts'

/** Gives a command the text that it reads from its standard input, anew for each run. */
export interface TextSource {
  readonly read: (signal: AbortSignal) => Promise<string>
  /** How it goes with the cluster that the text is about. */
  readonly health: () => ClusterHealth
  /** Call it when no run needs it any more. It may never have been read. */
  readonly stop: () => void
}
