import type { FindingCause, FindingCode } from '../../src/check/finding.ts'
import type { UncheckedRecord } from '../../src/check/judge.ts'
import type { TagVerdict } from '../../src/check/verdict.ts'

/**
 * Every word that a report may use, written out once for the schema and for the tests of the pages. The compiler holds
 * each list to the code: a word too many or one forgotten does not compile.
 */
export const CAUSES: Readonly<Record<FindingCode, readonly [FindingCause, ...FindingCause[]]>> = {
  'tag-dangling': [
    'link-missing',
    'link-invalid',
    'revision-link-missing',
    'revision-link-invalid',
    'manifest-missing',
    'not-served',
  ],
  'index-child-missing': ['revision-link-missing', 'revision-link-invalid', 'manifest-missing', 'not-served'],
  'manifest-damaged': ['wrong-link', 'empty', 'digest-mismatch', 'unparsable', 'ambiguous', 'media-type-refused'],
  'config-missing': ['layer-link-missing', 'layer-link-invalid', 'blob-missing', 'not-served'],
  'layer-missing': ['layer-link-missing', 'layer-link-invalid', 'blob-missing', 'not-served'],
  'blob-size-mismatch': ['empty', 'truncated', 'extended'],
  'blob-digest-mismatch': ['wrong-link', 'altered'],
  'descriptor-mismatch': ['size', 'media-type'],
  'served-as-wrong-type': ['content-type', 'content-length'],
  'masked-by-cache': [
    'link-missing',
    'link-invalid',
    'revision-link-missing',
    'revision-link-invalid',
    'manifest-missing',
    'layer-link-missing',
    'layer-link-invalid',
    'blob-missing',
  ],
  'not-served-by-api': ['not-served', 'empty', 'digest-mismatch', 'truncated', 'extended', 'altered'],
  'orphan-layer-link': ['blob-missing'],
  'orphan-revision-link': ['manifest-missing'],
  'link-invalid': ['revision-link-invalid', 'layer-link-invalid', 'wrong-link'],
  'engine-dependent': ['schema1', 'manifest-linked-as-layer'],
  'blob-unreferenced': ['unreferenced'],
  'upload-abandoned': ['expired'],
  'crash-debris': ['temporary-file'],
}

export const FINDING_CODES = keysOf<FindingCode>(CAUSES)

export const FINDING_CAUSES = [...new Set(Object.values(CAUSES).flat())]

export const TAG_VERDICTS = keysOf<TagVerdict>({ intact: true, degraded: true, unpullable: true, unchecked: true })

/** Why an object or a place was not, or not to the end, looked at. */
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
  INTERNAL_ERROR: true,
  ALGORITHM_UNKNOWN: true,
  TOO_LARGE: true,
  TOO_DEEP: true,
  NOT_SEARCHED: true,
})

function keysOf<K extends string>(words: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(words) as K[]
}
