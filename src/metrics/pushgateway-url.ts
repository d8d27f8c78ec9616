/** What is wrong with the URL of a Pushgateway, as the end of a sentence that does not quote it. */
export function pushgatewayProblem(text: string): string | undefined {
  // Before anything is parsed: a password with a slash in it passes for a path, and would be told with it.
  if (text.includes('@')) return 'must not contain a user name or password'
  if (!URL.canParse(text)) return 'is not a URL'
  const { protocol, search, hash } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return 'is neither http:// nor https://'
  return search === '' && hash === '' ? undefined : 'must not have a query or a fragment'
}
