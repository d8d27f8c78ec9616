import type { Token } from './token-request.ts'

/** A scan works on a few repositories at a time, and most tokens last a minute. */
const MAX_TOKENS = 256

/** Tokens by scope: the most recently requested ones, not those of every repository. */
export class TokenCache {
  readonly #now: () => number
  readonly #entries = new Map<string, CachedToken>()

  /** @param now milliseconds by the clock of {@link Token} */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The token of a scope. One request at a time for each scope, however many callers wait for it. */
  async get(scope: string, request: () => Promise<Token>): Promise<string> {
    const cached = this.#entries.get(scope)
    const token = await cached?.token
    if (token !== undefined && token.until > this.#now()) return token.value
    if (this.#entries.get(scope) !== cached) return this.get(scope, request)
    const entry: CachedToken = { token: request(), value: undefined }
    setNewest(this.#entries, scope, entry, MAX_TOKENS)
    try {
      entry.value = (await entry.token).value
      return entry.value
    } catch (error) {
      if (this.#entries.get(scope) === entry) this.#entries.delete(scope)
      throw error
    }
  }

  /**
   * Drops a token that the registry refused. Of several requests refused together, only the first drops it; the others find
   * a newer token, which stays.
   */
  forget(scope: string, value: string): void {
    if (this.#entries.get(scope)?.value === value) this.#entries.delete(scope)
  }
}

interface CachedToken {
  readonly token: Promise<Token>
  /** Set once the token has come. */
  value: string | undefined
}

/** Sets a map's entry as its newest, and drops the oldest ones above a maximum. */
export function setNewest<T>(map: Map<string, T>, key: string, value: T, max: number): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) if (map.size > max) map.delete(oldest)
}
