/** Characters of a challenge's scope; what is longer is not looked at. */
const LONGEST = 4096

/**
 * The scopes that a challenge names, as far as they are for reading. A registry must not be able to have a token bought that
 * may write: it would be shown that token.
 *
 * @see distribution, docs/spec/auth/scope.md
 */
export function scopesToRead(text: string): readonly string[] {
  if (text.length > LONGEST) return []
  return [...new Set(text.split(' ').flatMap(readingOnly))]
}

function readingOnly(scope: string): readonly string[] {
  const { type, name = '', actions = '' } = GRAMMAR.exec(scope)?.groups ?? {}
  if (type === undefined) return []
  if (type === 'registry') return name === 'catalog' ? [`registry:catalog:*`] : []
  return /(?:^|,)(?:pull|\*)(?:,|$)/.test(actions) ? [`${type}:${name}:pull`] : []
}

/** A name may begin with a host and its port. */
const GRAMMAR = /^(?<type>registry|repository(?:\([a-z0-9]+\))?):(?<name>[\x21-\x7e]+):(?<actions>[a-z*,]+)$/
