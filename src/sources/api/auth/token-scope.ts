import { setNewest } from './token-cache.ts'

/** Characters; longer scopes are ignored. */
const MAX_LENGTH = 4096
const MAX_SCOPES = 256

/** The scopes that a registry's challenges named, where they differ from ours: a proxy may use other repository names. */
export class ScopesFromChallenges {
  readonly #scopes = new Map<string, readonly string[]>()

  /** @param scope of the request @param challenged the scope in the challenge to it */
  learn(scope: string, challenged: string): void {
    const others = pullScopes(challenged).filter((other) => other !== scope)
    this.#scopes.delete(scope)
    if (scope !== '' && others.length > 0) setNewest(this.#scopes, scope, others, MAX_SCOPES)
  }

  /** What to request for a scope besides or instead of it. */
  for(scope: string): readonly string[] | undefined {
    return this.#scopes.get(scope)
  }
}

/**
 * The scopes of a challenge, reduced to reading. Otherwise a registry could ask for a token that allows writing, and would
 * then get that token.
 *
 * @see distribution, docs/spec/auth/scope.md
 */
export function pullScopes(text: string): readonly string[] {
  if (text.length > MAX_LENGTH) return []
  return [...new Set(text.split(' ').flatMap(pullScope))]
}

function pullScope(scope: string): readonly string[] {
  const { type, name = '', actions = '' } = GRAMMAR.exec(scope)?.groups ?? {}
  if (type === undefined) return []
  if (type === 'registry') return name === 'catalog' ? [`registry:catalog:*`] : []
  return /(?:^|,)(?:pull|\*)(?:,|$)/.test(actions) ? [`${type}:${name}:pull`] : []
}

/** A name may begin with a host and a port. */
const GRAMMAR = /^(?<type>registry|repository(?:\([a-z0-9]+\))?):(?<name>[\x21-\x7e]+):(?<actions>[a-z*,]+)$/
