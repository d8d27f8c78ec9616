import { readFileSync } from 'node:fs'
import { StoreError } from '../../check/store-error.ts'
import { type Challenge, readChallenges } from './challenges.ts'
import type { Credential } from './credentials.ts'
import type { Head, Wire } from './wire.ts'

/** Answers a registry's challenges, and keeps the tokens it gets until they end. */
export class Tokens {
  readonly #wire: Wire
  readonly #registry: URL
  readonly #credential: Credential | undefined
  readonly #tokenHosts: ReadonlySet<string>
  readonly #now: () => number
  readonly #tokens = new Map<string, Promise<Token>>()
  #way: { readonly is: 'basic' } | { readonly is: 'bearer'; readonly realm: URL; readonly service: string } | undefined

  /** @param options.tokenHosts further hosts that may see the credential, as `host` or `host:port` */
  constructor(
    wire: Wire,
    registry: URL,
    options: {
      readonly credential: Credential | undefined
      readonly tokenHosts: readonly string[]
      readonly now: () => number
    },
  ) {
    this.#wire = wire
    this.#registry = registry
    this.#credential = options.credential
    this.#tokenHosts = new Set([...options.tokenHosts, ...(KNOWN_TOKEN_HOSTS.get(registry.hostname) ?? [])])
    this.#now = options.now
  }

  /** The `Authorization` for a request, as far as one is known to be wanted. @throws {StoreError} */
  async header(scope: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#credential?.is === 'token-file') return `Bearer ${readToken(this.#credential.from)}`
    if (this.#way === undefined) return undefined
    if (this.#way.is === 'basic') return this.#basic()
    return `Bearer ${await this.#token(scope, signal)}`
  }

  /**
   * Learn from a 401.
   * @param sent the `Authorization` that was refused
   * @returns whether it is worth asking again
   * @throws {StoreError} where the challenge must not be followed
   */
  learn({ headers }: Head, scope: string, sent: string | undefined): boolean {
    if (this.#credential?.is === 'token-file') return false
    const challenges = readChallenges(headers['www-authenticate'])
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
    if (bearer !== undefined) {
      this.#way = { is: 'bearer', realm: this.#realmIn(bearer), service: bearer.parameters.get('service') ?? '' }
      if (sent !== undefined) this.#tokens.delete(scope)
      return true
    }
    // Google's registries challenge at /v2/ only.
    if (challenges.length === 0 && this.#way?.is === 'bearer') return this.#tokens.delete(scope)
    const mayTry = sent === undefined && this.#credential?.is === 'basic'
    if (!mayTry || !challenges.some(({ scheme }) => scheme === 'basic')) return false
    this.#way = { is: 'basic' }
    return true
  }

  /** What was tried, without its value. */
  get tried(): string {
    return this.#credential === undefined
      ? 'no credential was found for it'
      : `tried the credential of ${this.#credential.from}`
  }

  #basic(): string | undefined {
    if (this.#credential?.is !== 'basic') return undefined
    const { username, password } = this.#credential
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }

  /** @see CVE-2026-33540: a registry must not be able to send the password anywhere it likes */
  #realmIn({ parameters }: Challenge): URL {
    const text = parameters.get('realm') ?? ''
    const realm = URL.canParse(text) ? new URL(text) : undefined
    const refuse = (why: string): StoreError =>
      new StoreError(`its token server ${JSON.stringify(text)} ${why}`, {
        code: 'STORE_DENIED',
        place: this.#registry.href,
      })
    if (realm === undefined || !['http:', 'https:'].includes(realm.protocol)) throw refuse('is no URL')
    if (realm.username !== '' || realm.password !== '') throw refuse('carries a user name')
    if (realm.protocol === 'http:' && this.#registry.protocol === 'https:') throw refuse('is not https')
    const trusted = realm.hostname === this.#registry.hostname
    if (!trusted && !this.#tokenHosts.has(realm.host))
      throw refuse(`is on another host; give --token-host ${realm.host} if it belongs to this registry`)
    return realm
  }

  /** One request for a token at one time, however many wait for it. */
  async #token(scope: string, signal: AbortSignal): Promise<string> {
    const known = this.#tokens.get(scope)
    const token = await known
    if (token !== undefined && token.until > this.#now()) return token.value
    if (this.#tokens.get(scope) !== known) return this.#token(scope, signal)
    const fetched = this.#fetch(scope, signal)
    this.#tokens.set(scope, fetched)
    fetched.catch(() => this.#tokens.delete(scope))
    return (await fetched).value
  }

  async #fetch(scope: string, signal: AbortSignal): Promise<Token> {
    if (this.#way?.is !== 'bearer') throw new TypeError('no token server is known')
    const { realm, service } = this.#way
    const url = new URL(realm)
    const pieces: Uint8Array[] = []
    let bytes = 0
    const open = () => (piece: Uint8Array) => {
      pieces.push(piece)
      bytes += piece.byteLength
      return bytes <= TOKEN_LIMIT
    }
    const fields = { ...(service === '' ? {} : { service }), ...(scope === '' ? {} : { scope }) }
    const refresh = this.#credential?.is === 'identity-token' ? this.#credential.token : undefined
    const basic = this.#basic()
    if (refresh === undefined) for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, value)
    const answer =
      refresh === undefined
        ? await this.#wire.send(
            { method: 'GET', url, headers: basic === undefined ? {} : { authorization: basic }, open },
            signal,
          )
        : await this.#wire.send(
            {
              method: 'POST',
              url,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              body: new URLSearchParams({
                grant_type: 'refresh_token',
                client_id: 'regfsck',
                refresh_token: refresh,
                ...fields,
              }).toString(),
              open,
            },
            signal,
          )
    const place = `${url.origin}${url.pathname}`
    if (answer.status !== 200)
      throw new StoreError(`the token server answered ${answer.status}; ${this.tried}`, {
        code: answer.status >= 500 ? 'STORE_SERVER_ERROR' : answer.status === 429 ? 'STORE_THROTTLED' : 'STORE_DENIED',
        place,
      })
    const token = readTokenAnswer(Buffer.concat(pieces).toString('utf8'), this.#now())
    if (token === undefined) throw new StoreError('the token server sent no token', { code: 'STORE_MALFORMED', place })
    return token
  }
}

interface Token {
  readonly value: string
  /** Milliseconds of the epoch. */
  readonly until: number
}

const TOKEN_LIMIT = 1024 * 1024
/** Where the answer does not say. @see distribution, docs/spec/auth/token.md */
const DEFAULT_SECONDS = 60
/** Registries whose token server is known to be on a host of its own. */
const KNOWN_TOKEN_HOSTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['registry-1.docker.io', ['auth.docker.io']],
  ['registry.gitlab.com', ['gitlab.com']],
])

/** Ends a little early, so that a token does not end on its way. */
function readTokenAnswer(text: string, now: number): Token | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof answer !== 'object' || answer === null) return undefined
  const { token, access_token, expires_in } = answer as Readonly<Record<string, unknown>>
  const value = [token, access_token].find((each) => typeof each === 'string' && each !== '')
  if (typeof value !== 'string' || /[^\x21-\x7e]/.test(value)) return undefined
  const seconds = typeof expires_in === 'number' && expires_in > 0 ? expires_in : DEFAULT_SECONDS
  return { value, until: now + seconds * 900 }
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new StoreError(`cannot be read: ${error instanceof Error ? error.message : ''}`, {
      code: 'STORE_DENIED',
      place: file,
    })
  }
}
