const EXPECTED_URL = 'expected https://HOST[:PORT][/PREFIX], without a user, a query or a fragment'

/** First path segments that the server uses itself. */
const OWN: ReadonlySet<string> = new Set([
  ...['-', 'api', 'deployed', 'healthz', 'metrics', 'readyz', 'registries'],
  ...['findings', 'runbooks', 'unchecked', 'verdicts'],
])

/** Why a text is no valid external URL; `undefined` if it is valid. */
export function externalUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The parser accepts `https:host` and spaces, but they are typing errors.
  if (url === undefined || !/^https?:\/\/[^\s\\@?#]+$/i.test(text)) return EXPECTED_URL
  const parts = prefixOf(text).split('/').slice(1)
  // Other characters could not be matched, because a proxy may encode them differently.
  if (!parts.every((part) => /^[\w.~-]+$/.test(part)))
    return `${EXPECTED_URL}; a PREFIX of letters, digits, ., -, _ and ~`
  const [first] = parts
  return first !== undefined && OWN.has(first)
    ? `expected a PREFIX that does not begin with the server's own /${first}`
    : undefined
}

/** The path prefix of the server without a trailing slash, such as `/regfsck`, or an empty text. */
export function prefixOf(url: string | undefined): string {
  return url === undefined ? '' : new URL(url).pathname.replace(/\/+$/, '')
}
