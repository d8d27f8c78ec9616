import { FINDING_CODES, FINDINGS } from '../check/findings/catalogue.ts'
import type { FindingCode, GarbageKind } from '../check/findings/code.ts'
import type { UnreadableCode } from '../check/source.ts'
import type { SkipCode, UncheckedCode } from '../check/store-error.ts'
import type { TargetKind } from '../check/target-kind.ts'

/** Codes of findings that can be errors, in the order of the exposition. */
export const ERROR_CODES: readonly FindingCode[] = FINDING_CODES.filter(
  (code) =>
    FINDINGS[code].severities.includes('error') &&
    FINDINGS[code].isAboutUse !== true &&
    FINDINGS[code].isForecast !== true,
)

/** Values of `reason` of `catalog_error`. */
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

/** The reason of an unchecked object in the report, as a label value. */
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

/** The reason of a skipped object in the report, as a label value. */
export const SKIPPED: Readonly<Record<SkipCode, string>> = {
  ALGORITHM_UNKNOWN: 'algorithm_unknown',
  TOO_DEEP: 'too_deep',
  NOT_SEARCHED: 'not_searched',
}

/** Values of `mode` of `config_info`. */
export const MODES: Readonly<Record<TargetKind | 'against', string>> = {
  distribution: 'disk',
  api: 'api',
  references: 'references',
  against: 'disk_and_api',
}

/** Kinds of unchecked and skipped objects. */
export const UNCHECKED_KINDS = ['place', 'tag', 'manifest', 'config', 'layer', 'layer_link'] as const
/** Kinds of checked objects. */
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
/** Kinds of garbage. */
export const GARBAGE_KINDS: readonly GarbageKind[] = FINDING_CODES.flatMap((code) => FINDINGS[code].garbage ?? [])
/** One of {@link UNCHECKED_KINDS}. */
export type UncheckedKind = (typeof UNCHECKED_KINDS)[number]

/** Stages of a scan. */
export const STAGES = ['walk', 'content', 'second_look', 'garbage'] as const

/** The number of repositories with their own series; all others share {@link OTHER}. */
export const WORST = 20
/** No repository can have this name. */
export const OTHER = '__other__'
