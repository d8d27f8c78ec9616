import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { describeProxyError, type ProxyServer } from '../connect/proxy.ts'
import { describeTlsError } from '../connect/tls-errors.ts'
import { withoutQuery } from '../connect/without-query.ts'

const CONNECTION_CUT: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

const BY_ERROR_CODE: ReadonlyMap<string, StoreErrorCode> = new Map([
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

/** Whether the other side ended the connection, rather than us. */
export function isConnectionCut(error: unknown): boolean {
  return CONNECTION_CUT.has(errorCodeOf(error))
}

/**
 * The StoreError for an error of undici, Node or OpenSSL. A StoreError is returned as it is.
 *
 * @param connection.alert the last TLS alert of the host
 */
export function toStoreError(
  error: unknown,
  url: URL,
  connection: { readonly proxy: ProxyServer | undefined; readonly alert: string | undefined },
): StoreError {
  if (error instanceof StoreError) return error
  const failed = (code: StoreErrorCode, detail: string): StoreError =>
    new StoreError(detail, { code, place: withoutQuery(url), cause: error })
  const proxyError = connection.proxy && describeProxyError(error, connection.proxy)
  if (proxyError !== undefined) return failed('STORE_UNREACHABLE', proxyError)
  const errorCode = errorCodeOf(error)
  const { alert } = connection
  if (errorCode === 'UND_ERR_SOCKET' && alert !== undefined)
    return failed(
      'STORE_TLS',
      `it closed the connection with the TLS alert "${alert}": it may require another --client-cert`,
    )
  const code = storeErrorCodeOf(errorCode)
  return failed(code, describe(code, errorCode, error instanceof Error ? error.message : String(error), url))
}

function storeErrorCodeOf(errorCode: string): StoreErrorCode {
  const known = BY_ERROR_CODE.get(errorCode)
  if (known !== undefined) return known
  if (TLS.test(errorCode)) return 'STORE_TLS'
  return errorCode.startsWith('HPE') ? 'STORE_MALFORMED' : 'STORE_UNREACHABLE'
}

function describe(code: StoreErrorCode, errorCode: string, message: string, url: URL): string {
  if (code === 'STORE_TLS') return describeTlsError(errorCode, message, url.host)
  if (code === 'STORE_DNS') return `cannot resolve host ${url.hostname} (${errorCode})`
  if (code === 'STORE_TIMEOUT' && !message.startsWith('timed out')) return `timed out: ${message || errorCode}`
  return message === '' ? errorCode : message
}

/** The code of an error or of its innermost cause, such as `ECONNRESET`; `''` if there is none. */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'TimeoutError') return 'TimeoutError'
  // This error has no code. At EOF inside a chunk, the body was cut.
  if (error.name === 'HTTPParserError') return /EOF/.test(error.message) ? 'UND_ERR_SOCKET' : 'HPE'
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError && error.errors.length > 0) return errorCodeOf(error.errors[0])
  return errorCodeOf(error.cause)
}
