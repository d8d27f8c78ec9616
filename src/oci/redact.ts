/** Text after an `@` that starts like a digest, valid or not. */
const DIGEST_LIKE = /@(?:sha\d+|md5|blake\w*):[^@/]*$/i
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

/**
 * Whether a reference or URL may contain a user name and a password: it has an `@` without a digest after it. The text is not
 * parsed as a URL, because a password with `/`, `?` or `#` shifts the parts.
 */
export function mayHoldPassword(text: string): boolean {
  return text.replace(DIGEST_LIKE, '').includes('@')
}

/** A possible user name and password: everything before the last `@` without a digest after it, except the scheme. */
export function passwordPart(text: string): string | undefined {
  const rest = text.replace(DIGEST_LIKE, '').replace(SCHEME, '')
  const at = rest.lastIndexOf('@')
  return at < 0 ? undefined : rest.slice(0, at)
}

/**
 * A reference or URL that is safe to print: `***` replaces whatever may be a password. Use it before quoting text that could
 * not be parsed.
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

/** A port that is not a number, as in `https://user:password`. A reference has a tag after its last colon. */
const PORT = /^([^:/[\]]*|\[[^\]/]*\]):([^/]*[^/\d][^/]*)/
const PORT_IN_NAME = /^([^:/[\]]*|\[[^\]/]*\]):([^/]*[^/\d][^/]*)(?=\/)/
