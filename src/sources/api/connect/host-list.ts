/**
 * Whether a list of `HOST` and `HOST:PORT` names the host of a URL. A URL does not show the port that goes without saying,
 * and a list may.
 */
export function namesHost(list: Iterable<string>, url: URL, anyPort: boolean): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const names = new Set([url.host, `${url.hostname}:${port}`, ...(anyPort ? [url.hostname] : [])])
  for (const entry of list) if (names.has(entry.toLowerCase())) return true
  return false
}
