import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'

/** Converts a system error to a StoreError. Any other error is a bug and is thrown. */
export function storeError(error: unknown, place: string): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  if (code === undefined) throw error
  return new StoreError(`cannot be read (${code})`, {
    code: CODES.get(code) ?? 'STORE_READ_FAILED',
    place,
    cause: error,
  })
}

const CODES: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['EACCES', 'STORE_DENIED'],
  ['EPERM', 'STORE_DENIED'],
  ['ELOOP', 'SYMLINK'],
  ['ETIMEDOUT', 'STORE_TIMEOUT'],
  ['EHOSTDOWN', 'STORE_UNREACHABLE'],
  ['ENOTCONN', 'STORE_UNREACHABLE'],
])

/**
 * A parent that is a file means the same as a missing parent. No other failure proves absence.
 * @throws {StoreError}
 */
export function absenceOf(error: unknown, place: string): 'missing' | 'directory' {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
  if (code === 'EISDIR') return 'directory'
  throw storeError(error, place)
}

/** Such as `ENOENT`; `undefined` if it is not a system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
