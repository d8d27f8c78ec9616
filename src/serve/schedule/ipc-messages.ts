import type { ScanEvent } from '../../check/events.ts'

/** What a scan in a process of its own tells the one that started it. */
export type Told =
  | { readonly type: 'event'; readonly event: ScanEvent }
  | { readonly type: 'traffic'; readonly traffic: TrafficPiece }

/** Requests to a registry since the last piece. */
export interface TrafficPiece {
  /** Of each request: the status of its answer, 0 where there was none, and the milliseconds that it took. */
  readonly answered: readonly (readonly [status: number, milliseconds: number])[]
  readonly retried: number
}

/** Where an error that a process ends with has no place among the exit codes of a scan. */
export const ENDINGS: ReadonlySet<number | null> = new Set([0, 3, 4, 143])
