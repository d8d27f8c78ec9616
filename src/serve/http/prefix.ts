/**
 * The URL of a request without the server's prefix. A proxy may pass the prefix on or strip it, and probes never send it, so
 * both forms are accepted.
 *
 * @param url as received, such as `/regfsck/metrics?x`
 * @param prefix as `/regfsck`, or empty
 * @returns `undefined` for the prefix without a slash, which must be redirected: relative links would be wrong
 */
export function withoutPrefix(url: string, prefix: string): string | undefined {
  if (prefix === '' || !url.startsWith(prefix)) return url
  const rest = url.slice(prefix.length)
  if (rest === '' || rest.startsWith('?')) return undefined
  return rest.startsWith('/') ? rest : url
}
