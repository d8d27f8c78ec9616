/** Links in alerts and on the dashboard. Set by the operator, never taken from a registry. */
export interface Links {
  /** URL of the report or status page of this registry. */
  readonly report?: string | undefined
  /** URL of the directory with the runbooks. */
  readonly runbooks?: string | undefined
}

const LONGEST = 1000

/** What is wrong with a link, as the end of a sentence. The sentence must not quote the link: it may have a password. The link becomes the value of a label. */
export function linkProblem(text: string): string | undefined {
  if (text.length > LONGEST) return `is longer than ${LONGEST} characters`
  // URL parsing drops line breaks and tabs, so they are refused first.
  if (!/^https?:\/\/[^\s\p{C}]+$/u.test(text) || !URL.canParse(text)) return 'is not an http:// or https:// URL'
  const { username, password } = new URL(text)
  return username === '' && password === '' ? undefined : 'must not contain a user name or password'
}
