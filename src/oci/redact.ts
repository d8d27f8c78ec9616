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
  const { at, before } = partsOf(text)
  return at ? before : undefined
}

/** What may be secret and follows an `@`, as in `name:tag@secret`, where only a digest may stand. */
export function secretAfterAt(text: string): string | undefined {
  const parts = partsOf(text)
  return parts.at && !isPlace(parts) ? parts.after : undefined
}

/**
 * A reference or URL that is safe to print: `***` replaces whatever may be a password. Use it before quoting text that could
 * not be parsed.
 */
export function redact(text: string): string {
  const parts = partsOf(text)
  const { scheme, at, after, digest } = parts
  const place = after.replace(/([?#]).*$/s, '$1***').replace(scheme === '' ? PORT_IN_NAME : PORT, '$1:***')
  return `${scheme}${at ? '***@' : ''}${at && !isPlace(parts) ? '***' : place}${digest}`
}

interface Parts {
  readonly scheme: string
  /** Whether there is an `@` without a digest after it. */
  readonly at: boolean
  readonly before: string
  /** What follows the last such `@`, or everything. */
  readonly after: string
  readonly digest: string
}

function partsOf(text: string): Parts {
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  const digest = DIGEST_LIKE.exec(text)?.[0] ?? ''
  const rest = text.slice(scheme.length, text.length - digest.length)
  const at = rest.lastIndexOf('@')
  return { scheme, at: at >= 0, before: rest.slice(0, Math.max(at, 0)), after: rest.slice(at + 1), digest }
}

/**
 * Whether an image or a host follows the `@`. Where an image stands before it, a secret follows. Without a scheme, a secret
 * may follow even what looks like a user and a password.
 */
function isPlace({ scheme, before, after }: Parts): boolean {
  return !LOCATION.test(before) && (scheme !== '' || IMAGE.test(after))
}

/** `HOST[:PORT]/` or `name/`. A password after `user:` is no port. */
const LOCATION = /^(?:\[[^\]]*\]|[^:/@[\]]+)(?::\d{1,5})?\//
/** A host that cannot be anything else, and a name. */
const IMAGE =
  /^(?:localhost|\[[\da-f:.]+\]|[a-z\d-]+(?:\.[a-z\d-]+)+|[a-z\d-]+(?=:\d))(?::\d{1,5})?\/[a-z\d._/-]+(?::[\w.-]*)?$/i
/** A port that is not a number, as in `https://user:password`. A reference has a tag after its last colon. */
const PORT = /^([^:/[\]]*|\[[^\]/]*\]):([^/]*[^/\d][^/]*)/
const PORT_IN_NAME = /^([^:/[\]]*|\[[^\]/]*\]):([^/]*[^/\d][^/]*)(?=\/)/
