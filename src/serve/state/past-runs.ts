import type { PastRun } from '../../report/html/overview/view.ts'
import type { StoredRun } from './registry-state.ts'

/** A result is stale after so many intervals without a complete run. The alert uses the same number. */
const STALE_AFTER = 3

/**
 * Whether the last complete run is too long ago.
 *
 * @param runs newest first
 * @param interval milliseconds
 */
export function isStale(
  lastComplete: Date | undefined,
  runs: readonly StoredRun[],
  interval: number,
  now: Date,
): boolean {
  // Without any complete run the age counts from the oldest run that is known.
  const since = lastComplete ?? dateOf(runs.at(-1)?.finishedAt)
  return since !== undefined && now.getTime() - since.getTime() > STALE_AFTER * interval
}

/** A past run, with dates. */
export function pastRun({ startedAt, finishedAt, ...rest }: StoredRun): PastRun {
  return { ...rest, startedAt: new Date(startedAt), finishedAt: new Date(finishedAt) }
}

/** A date that was stored as ISO 8601. */
export function dateOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
