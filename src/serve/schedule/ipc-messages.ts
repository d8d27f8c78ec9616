import type { ScanEvent } from '../../check/events.ts'

/** Messages from a scan process to `serve`. */
export type IpcMessage =
  | { readonly type: 'event'; readonly event: ScanEvent }
  | { readonly type: 'traffic'; readonly traffic: RequestCounts }

/** Requests to the registry since the last message. */
export interface RequestCounts {
  /** For each request its HTTP status (0: no response) and its duration in milliseconds. */
  readonly answered: readonly (readonly [status: number, milliseconds: number])[]
  readonly retried: number
}

/** Exit codes of a scan that ended normally, or after SIGTERM (143). Any other is a crash. */
export const NORMAL_EXIT_CODES: ReadonlySet<number | null> = new Set([0, 3, 4, 143])
