/** Why a store could not say whether a thing is there and whole. */
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

/** We could not look. Only a source makes one; it becomes `unchecked`, never damage. */
export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** The path or URL that was looked at; may carry text from the registry: escape before printing. */
  readonly place: string

  /** @param detail what the system said about the place */
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
 * Looked at on purpose no further: counted and named, and the run is still complete. `NOT_SEARCHED`: a directory beside a
 * registry, in which there may be another one.
 */
export type SkipCode = 'ALGORITHM_UNKNOWN' | 'TOO_DEEP' | 'NOT_SEARCHED'

/**
 * `MOVED`: damage that was new at the last look, so nobody has seen it twice. `NO_MATCH`: what was asked for is not there.
 * `TOO_LARGE`: a registry serves a manifest of a size that we do not read. `INTERNAL_ERROR`: a bug in this program ended the
 * look at a repository.
 */
export type UncheckedCode = StoreErrorCode | 'MOVED' | 'NO_MATCH' | 'TOO_LARGE' | 'INTERNAL_ERROR'

/** Whether a `because` leaves the run complete. */
export function isSkip(code: UncheckedCode | SkipCode): code is SkipCode {
  return SKIPS.has(code)
}

const SKIPS: ReadonlySet<string> = new Set<SkipCode>(['ALGORITHM_UNKNOWN', 'TOO_DEEP', 'NOT_SEARCHED'])
