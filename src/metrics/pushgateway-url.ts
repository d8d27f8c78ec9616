/** What is wrong with the URL of a Pushgateway, as the end of a sentence that does not quote it. */
export function pushgatewayProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is no URL'
  const { protocol, username, password, search, hash } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return 'is neither http:// nor https://'
  if (username !== '' || password !== '') return 'must not hold a user name or password'
  return search === '' && hash === '' ? undefined : 'must not have a query or a fragment'
}
