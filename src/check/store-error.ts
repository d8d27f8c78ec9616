/** Why a store could not check an object. */
export type StoreErrorCode =
  | 'STORE_UNREACHABLE'
  | 'STORE_TIMEOUT'
  | 'STORE_THROTTLED'
  | 'STORE_DENIED'
  | 'STORE_SERVER_ERROR'
  | 'STORE_TLS'
  | 'STORE_DNS'
  | 'STORE_READ_FAILED'
  | 'STORE_MALFORMED'
  | 'SYMLINK'

/** A source could not check something. It is reported as unchecked, never as damage. */
export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** The path or URL. It may contain text from the registry: escape it before printing. */
  readonly place: string

  /** @param detail the error of the system */
  constructor(
    detail: string,
    options: { readonly code: StoreErrorCode; readonly place: string; readonly cause?: unknown },
  ) {
    super(detail, { cause: options.cause })
    this.name = 'StoreError'
    this.code = options.code
    this.place = options.place
  }
}

/**
 * Deliberately not checked: it is counted and listed, and the run is still complete. `NOT_SEARCHED`: a directory beside a
 * registry that may contain another one.
 */
export type SkipCode = 'ALGORITHM_UNKNOWN' | 'TOO_DEEP' | 'NOT_SEARCHED'

/**
 * `MOVED`: damage that was new in the last check, so it was not seen twice. `NO_MATCH`: what was selected does not exist.
 * `TOO_LARGE`: a registry serves a manifest that is too large for us to read. `INTERNAL_ERROR`: a bug in this program ended the
 * look at a repository.
 */
export type UncheckedCode = StoreErrorCode | 'MOVED' | 'NO_MATCH' | 'TOO_LARGE' | 'INTERNAL_ERROR'

/**
 * About files that name images. `REFERENCE_UNKNOWN`: which image a file names cannot be known. `FILE_UNREADABLE`: a file that was
 * to be searched for images cannot be read. `RUNNING_UNKNOWN`: whether what runs is the image that a file names cannot be known.
 * `SETTING_UNKNOWN`: what a setting of the container runtime does to a pull cannot be known.
 */
export type ReferenceCode =
  | 'REFERENCE_UNKNOWN'
  | 'FILE_UNREADABLE'
  | 'RUNNING_UNKNOWN'
  | 'SETTING_UNKNOWN'
  | ReferenceSkipCode

/**
 * About files that name images, and deliberately not checked. `FILE_SKIPPED`: a file in a searched directory that is not one of the
 * kinds that name what is deployed. `BUILT_HERE`: an image that compose builds, and that was never pushed.
 */
export type ReferenceSkipCode = 'FILE_SKIPPED' | 'BUILT_HERE'

/** Whether an object skipped for this reason leaves the run complete. */
export function isSkip(code: UncheckedCode | SkipCode | ReferenceCode): code is SkipCode | ReferenceSkipCode {
  return SKIPS.has(code)
}

const SKIPS: ReadonlySet<string> = new Set<SkipCode | ReferenceSkipCode>([
  'ALGORITHM_UNKNOWN',
  'TOO_DEEP',
  'NOT_SEARCHED',
  'FILE_SKIPPED',
  'BUILT_HERE',
])

/** Whether it is about what is deployed, not about a registry. */
export function isReferenceCode(code: UncheckedCode | SkipCode | ReferenceCode): code is ReferenceCode {
  return Object.hasOwn(REFERENCE_CODES, code)
}

const REFERENCE_CODES: Readonly<Record<ReferenceCode, true>> = {
  REFERENCE_UNKNOWN: true,
  FILE_UNREADABLE: true,
  RUNNING_UNKNOWN: true,
  SETTING_UNKNOWN: true,
  FILE_SKIPPED: true,
  BUILT_HERE: true,
}
