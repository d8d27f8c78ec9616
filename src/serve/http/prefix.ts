/**
 * What is asked for, without the prefix below which others reach the server. Some proxies pass it on, some take it away, and
 * probes never had it: a path is found with it and without it.
 *
 * @param url of a request, as it came: `/regfsck/metrics?x`
 * @param prefix as `/regfsck`, or empty
 * @returns `undefined` for the prefix alone, without the slash below which relative links would be right
 */
export function withoutPrefix(url: string, prefix: string): string | undefined {
  if (prefix === '' || !url.startsWith(prefix)) return url
  const rest = url.slice(prefix.length)
  if (rest === '' || rest.startsWith('?')) return undefined
  return rest.startsWith('/') ? rest : url
}
