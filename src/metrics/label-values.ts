import { FINDING_CODES, FINDINGS } from '../check/findings/catalogue.ts'
import type { FindingCode, GarbageKind } from '../check/findings/code.ts'
import type { UnreadableCode } from '../check/source.ts'
import type { SkipCode, UncheckedCode } from '../check/store-error.ts'
import type { TargetKind } from '../check/target-kind.ts'

/** Codes of which a finding can be an error; the order is that of the exposition. */
export const ERROR_CODES: readonly FindingCode[] = FINDING_CODES.filter((code) =>
  FINDINGS[code].severities.includes('error'),
)

export const CATALOG_ERRORS: readonly UnreadableCode[] = [
  'unauthorized',
  'forbidden',
  'not_found',
  'unsupported',
  'tls',
  'dns',
  'connect',
  'timeout',
  'rate_limited',
  'server_error',
  'malformed',
  'storage',
]

/** The words of the report as label values. */
export const INCONCLUSIVE: Readonly<Record<UncheckedCode, string>> = {
  STORE_UNREACHABLE: 'unreachable',
  STORE_TIMEOUT: 'timeout',
  STORE_THROTTLED: 'throttled',
  STORE_DENIED: 'denied',
  STORE_SERVER_ERROR: 'server_error',
  STORE_TLS: 'tls',
  STORE_DNS: 'dns',
  STORE_READ_FAILED: 'read_failed',
  STORE_MALFORMED: 'malformed',
  SYMLINK: 'symlink',
  MOVED: 'moved',
  NO_MATCH: 'no_match',
  TOO_LARGE: 'too_large',
  INTERNAL_ERROR: 'internal_error',
}

export const SKIPPED: Readonly<Record<SkipCode, string>> = {
  ALGORITHM_UNKNOWN: 'algorithm_unknown',
  TOO_DEEP: 'too_deep',
  NOT_SEARCHED: 'not_searched',
}

export const MODES: Readonly<Record<TargetKind | 'against', string>> = {
  distribution: 'disk',
  s3: 's3',
  'oci-layout': 'oci_layout',
  api: 'api',
  against: 'disk_and_api',
}

/** What could not, or was not to be, looked at. */
export const UNCHECKED_KINDS = ['place', 'tag', 'manifest', 'config', 'layer', 'layer_link'] as const
export const CHECKED_KINDS = [
  'repository',
  'tag',
  'index',
  'manifest',
  'config',
  'layer',
  'layer_link',
  'blob',
] as const
export const GARBAGE_KINDS: readonly GarbageKind[] = FINDING_CODES.flatMap((code) => FINDINGS[code].garbage ?? [])
export type UncheckedKind = (typeof UNCHECKED_KINDS)[number]

export const STAGES = ['walk', 'content', 'second_look', 'garbage'] as const

/** Repositories that have a series of their own; the others share {@link OTHER}. */
export const WORST = 20
/** No repository can have this name. */
export const OTHER = '__other__'
