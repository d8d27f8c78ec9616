/** What may stand after the `@` of a reference: this begins like a digest, whether or not it is one. */
const DIGEST_LIKE = /@(?:sha\d+|md5|blake\w*):[^@/]*$/i
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

/**
 * Whether a reference or URL has room for a user name and a password: an `@` that no digest follows. The text is not
 * parsed as a URL first, because a password with `/`, `?` or `#` in it moves the parts of one.
 */
export function mayHoldPassword(text: string): boolean {
  return text.replace(DIGEST_LIKE, '').includes('@')
}

/** What may be a user name and a password: all before the last `@` that no digest follows, without the scheme. */
export function passwordPart(text: string): string | undefined {
  const rest = text.replace(DIGEST_LIKE, '').replace(SCHEME, '')
  const at = rest.lastIndexOf('@')
  return at < 0 ? undefined : rest.slice(0, at)
}

/**
 * A reference or URL as it may be told: `***` stands for whatever may be a password. Use it on text that could not be
 * parsed, before it is quoted.
 */
export function redact(text: string): string {
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  const digest = DIGEST_LIKE.exec(text)?.[0] ?? ''
  const rest = text.slice(scheme.length, text.length - digest.length)
  const at = rest.lastIndexOf('@')
  const place = at < 0 ? rest : rest.slice(at + 1)
  const shown = place.replace(/([?#]).*$/s, '$1***').replace(scheme === '' ? PORT_IN_NAME : PORT, '$1:***')
  return `${scheme}${at < 0 ? '' : '***@'}${shown}${digest}`
}

/** A port that is no number, as in `https://user:password`. A reference has a tag after its last colon. */
const PORT = /^([^:/[\]]*|\[[^\]/]*\]):([^/]*[^/\d][^/]*)/
const PORT_IN_NAME = /^([^:/[\]]*|\[[^\]/]*\]):([^/]*[^/\d][^/]*)(?=\/)/
