import { FINDING_CODES, FINDINGS } from '../src/check/findings/catalogue.ts'
import type { FindingCause } from '../src/check/findings/code.ts'
import type { TagVerdict, UncheckedRecord } from '../src/check/records.ts'

/** The causes of all finding codes. */
export const FINDING_CAUSES: readonly FindingCause[] = [
  ...new Set(FINDING_CODES.flatMap((code) => [...FINDINGS[code].causes])),
]

/**
 * The other fixed values of a report, for the schema and for the tests of the pages. A missing value, or one that the code
 * does not use, does not compile.
 */
export const TAG_VERDICTS = keysOf<TagVerdict>({ intact: true, degraded: true, unpullable: true, unchecked: true })

/** Why an object or a place is unchecked or was skipped. */
export const BECAUSE_CODES = keysOf<UncheckedRecord['because']>({
  STORE_UNREACHABLE: true,
  STORE_TIMEOUT: true,
  STORE_THROTTLED: true,
  STORE_DENIED: true,
  STORE_SERVER_ERROR: true,
  STORE_TLS: true,
  STORE_DNS: true,
  STORE_READ_FAILED: true,
  STORE_MALFORMED: true,
  SYMLINK: true,
  MOVED: true,
  NO_MATCH: true,
  REFERENCE_UNKNOWN: true,
  FILE_UNREADABLE: true,
  FILE_SKIPPED: true,
  BUILT_HERE: true,
  RUNNING_UNKNOWN: true,
  SETTING_UNKNOWN: true,
  INTERNAL_ERROR: true,
  ALGORITHM_UNKNOWN: true,
  TOO_LARGE: true,
  TOO_DEEP: true,
  NOT_SEARCHED: true,
})

function keysOf<K extends string>(words: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(words) as K[]
}
