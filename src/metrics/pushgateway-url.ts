/** What is wrong with the URL of a Pushgateway, as the end of a sentence. The sentence must not quote the URL. */
export function pushgatewayProblem(text: string): string | undefined {
  // Before parsing: a password with a slash would be parsed as a path and printed with it.
  if (text.includes('@')) return 'must not contain a user name or password'
  if (!URL.canParse(text)) return 'is not a URL'
  const { protocol, search, hash } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return 'is neither http:// nor https://'
  return search === '' && hash === '' ? undefined : 'must not have a query or a fragment'
}
