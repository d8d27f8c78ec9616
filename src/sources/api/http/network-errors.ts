import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { placeOf } from '../client/redirect-policy.ts'
import { type ProxyServer, proxyFailure } from '../connect/proxy.ts'
import { tlsFailure } from '../connect/tls-errors.ts'

/** Whether an error has to do with a connection that ended, rather than with one that was given up. */
export function isCut(error: unknown): boolean {
  return CUTS.has(codeIn(error))
}

const CUTS: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

const CODES: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['ENOTFOUND', 'STORE_DNS'],
  ['EAI_AGAIN', 'STORE_DNS'],
  ['ETIMEDOUT', 'STORE_TIMEOUT'],
  ['UND_ERR_CONNECT_TIMEOUT', 'STORE_TIMEOUT'],
  ['UND_ERR_HEADERS_TIMEOUT', 'STORE_TIMEOUT'],
  ['UND_ERR_BODY_TIMEOUT', 'STORE_TIMEOUT'],
  ['TimeoutError', 'STORE_TIMEOUT'],
  ['UND_ERR_HEADERS_OVERFLOW', 'STORE_MALFORMED'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'STORE_MALFORMED'],
  ['EPROTO', 'STORE_TLS'],
])
const TLS = /^(?:ERR_(?:TLS|SSL)_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/

/** What is known of the way to a host, where something went wrong on it. */
interface WayThere {
  readonly proxy: ProxyServer | undefined
  /** The last TLS alert of the host. */
  readonly alert: string | undefined
}

export function storeErrorOf(error: unknown, url: URL, { proxy, alert: last }: WayThere): StoreError {
  if (error instanceof StoreError) return error
  const failed = (told: StoreErrorCode, detail: string): StoreError =>
    new StoreError(detail, { code: told, place: placeOf(url), cause: error })
  const failure = proxy === undefined ? undefined : proxyFailure(error, proxy)
  if (failure !== undefined) return failed('STORE_UNREACHABLE', failure)
  const code = codeIn(error)
  const alert = code === 'UND_ERR_SOCKET' ? last : undefined
  if (alert !== undefined)
    return failed('STORE_TLS', `it ended the connection with the alert "${alert}": it may want another --client-cert`)
  const told =
    CODES.get(code) ?? (TLS.test(code) ? 'STORE_TLS' : code.startsWith('HPE') ? 'STORE_MALFORMED' : 'STORE_UNREACHABLE')
  const detail = error instanceof Error ? error.message : String(error)
  if (told === 'STORE_TLS') return failed(told, tlsFailure(code, detail, url.host))
  if (told === 'STORE_DNS') return failed(told, `cannot resolve host ${url.hostname} (${code})`)
  if (told === 'STORE_TIMEOUT' && !detail.startsWith('timed out')) return failed(told, `timed out: ${detail || code}`)
  return failed(told, detail === '' ? code : detail)
}

export function codeIn(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'TimeoutError') return 'TimeoutError'
  // It names no code. A body that ends inside a chunk is one that was cut.
  if (error.name === 'HTTPParserError') return /EOF/.test(error.message) ? 'UND_ERR_SOCKET' : 'HPE'
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError && error.errors.length > 0) return codeIn(error.errors[0])
  return codeIn(error.cause)
}
