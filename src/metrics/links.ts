/** Where people who read an alert or the dashboard go on. Set by the operator, never taken from a registry. */
export interface Links {
  /** Of the report or status page of this registry. */
  readonly report?: string | undefined
  /** Of the directory that holds the runbooks. */
  readonly runbooks?: string | undefined
}

const LONGEST = 1000

/** What is wrong with a link, as the end of a sentence that does not quote it. It becomes the value of a label. */
export function linkProblem(text: string): string | undefined {
  if (text.length > LONGEST) return `is longer than ${LONGEST} characters`
  // A URL parser drops line breaks and tabs, and so would let them through.
  if (!/^https?:\/\/[^\s\p{C}]+$/u.test(text) || !URL.canParse(text)) return 'is not an http:// or https:// URL'
  const { username, password } = new URL(text)
  return username === '' && password === '' ? undefined : 'must not contain a user name or password'
}
