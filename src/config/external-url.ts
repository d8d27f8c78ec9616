const EXPECTED_URL = 'expected https://HOST[:PORT][/PREFIX], without a user, a query or a fragment'

/** First parts of paths that the server answers itself. */
const OWN: ReadonlySet<string> = new Set([
  ...['-', 'api', 'healthz', 'metrics', 'readyz', 'registries'],
  ...['findings', 'runbooks', 'unchecked', 'verdicts'],
])

/** Why a text cannot be the address at which others reach the server, if so. */
export function externalUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // `https:host` and spaces are taken by the parser, and meant by nobody.
  if (url === undefined || !/^https?:\/\/[^\s\\@?#]+$/i.test(text)) return EXPECTED_URL
  const parts = prefixOf(text).split('/').slice(1)
  // What a proxy may write in another way could not be found again.
  if (!parts.every((part) => /^[\w.~-]+$/.test(part)))
    return `${EXPECTED_URL}; a PREFIX of letters, digits, ., -, _ and ~`
  const [first] = parts
  return first !== undefined && OWN.has(first)
    ? `expected a PREFIX that does not begin with the server's own /${first}`
    : undefined
}

/** The path below which the server is reached, without a slash at its end: `/regfsck`, or nothing. */
export function prefixOf(url: string | undefined): string {
  return url === undefined ? '' : new URL(url).pathname.replace(/\/+$/, '')
}
