/**
 * The possible states of a registry, the worst first. The status page, `/api/v1/registries`, the log of `serve` and the docs
 * use the same words.
 */
export const STATUS_NAMES = [
  'damaged',
  'warning',
  'incomplete',
  'unreadable',
  'stale',
  'unknown',
  'empty',
  'clean',
] as const

/** One of {@link STATUS_NAMES}. */
export type StatusName = (typeof STATUS_NAMES)[number]
