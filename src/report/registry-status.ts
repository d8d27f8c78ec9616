/**
 * How a registry stands, the worst first. The status page, `/api/v1/registries`, the log of `serve` and the docs use these
 * words and no others.
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

export type StatusName = (typeof STATUS_NAMES)[number]
