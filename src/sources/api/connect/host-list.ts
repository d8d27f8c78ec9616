/**
 * Whether a list of `HOST` and `HOST:PORT` includes the host of a URL. `URL.host` omits the default port, which a list may
 * spell out.
 *
 * @param anyPort whether an entry without a port matches every port
 */
export function includesHost(list: Iterable<string>, url: URL, anyPort: boolean): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const names = new Set([url.host, `${url.hostname}:${port}`, ...(anyPort ? [url.hostname] : [])])
  for (const entry of list) if (names.has(entry.toLowerCase())) return true
  return false
}
