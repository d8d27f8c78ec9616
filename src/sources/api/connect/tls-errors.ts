const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** Describes a TLS error in one line. OpenSSL's own text has line breaks, and files and lines of its source. */
export function describeTlsError(code: string, message: string, host: string): string {
  if (UNKNOWN_AUTHORITY.has(code))
    return `${message}: its certificate was issued by an unknown authority; use --ca-file FILE with that authority, or --insecure-skip-verify ${host}`
  if (isNotTls(code, message)) return 'the server does not speak TLS'
  const reason = /SSL routines:[^:]*:([^:\n]+)/.exec(message)?.[1]
  return reason === undefined ? (message.split('\n')[0] ?? '') : `the TLS handshake failed: ${reason}`
}

/** Whether the server answered the handshake with something other than TLS. */
export function isNotTls(code: string, message: string): boolean {
  return (
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/.test(code) ||
    /SSL routines:.*:(?:wrong version number|packet length too long|http request|record layer failure)/i.test(message)
  )
}
