import { StoreError } from '../../../check/store-error.ts'
import { redact } from '../../../oci/redact.ts'
import { placeOf } from '../client/redirect-policy.ts'
import { namesHost } from '../connect/host-list.ts'
import { timeOfDay } from '../http/backoff.ts'
import type { Head, Wire } from '../http/transport.ts'
import { type Challenge, readChallenges } from './challenges.ts'
import { Identity } from './credential-resolver.ts'
import type { Credential } from './credentials.ts'
import { basicOf, requestToken, type Token } from './token-request.ts'
import { scopesToRead } from './token-scope.ts'

/** How the registry wants to be answered, as far as it has said so. */
type Way = { readonly is: 'basic' } | { readonly is: 'bearer'; readonly realm: URL; readonly service: string }

/** Answers a registry's challenges, and keeps the tokens it gets until they end. */
export class Tokens {
  readonly #wire: Wire
  readonly #registry: URL
  readonly #identity: Identity
  readonly #tokenHosts: ReadonlySet<string>
  readonly #now: () => number
  /** The token server is left alone until then: it asked for that. */
  #notBefore = 0
  /** By scope, and not of every repository: the last few. */
  readonly #tokens = new Map<string, Held>()
  /** What the registry says that it wants, by the scope that we would ask for: a proxy may show it under other names. */
  readonly #wanted = new Map<string, readonly string[]>()
  #way: Way | undefined

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
    this.#identity = new Identity(options.credential, registry)
    this.#tokenHosts = new Set([...options.tokenHosts, ...(KNOWN_TOKEN_HOSTS.get(registry.hostname) ?? [])])
    this.#now = options.now
  }

  /** Whether it is known that the registry wants a token and we have to buy one. */
  get areBought(): boolean {
    return this.#identity.tokenFile === undefined && this.#way?.is === 'bearer'
  }

  /** The `Authorization` for a request, as far as one is known to be wanted. @throws {StoreError} */
  async header(scope: string, signal: AbortSignal): Promise<string | undefined> {
    const file = this.#identity.tokenFile
    if (file !== undefined) return `Bearer ${this.#identity.readToken(file)}`
    if (this.#way === undefined) return undefined
    if (this.#way.is === 'bearer') return `Bearer ${await this.#token(scope, this.#way, signal)}`
    const password = await this.#identity.password(signal)
    return password && basicOf(password)
  }

  /**
   * Learn from a 401.
   * @param sent the `Authorization` that was refused
   * @returns whether it is worth asking again
   * @throws {StoreError} where the challenge must not be followed
   */
  learn({ headers }: Head, scope: string, sent: string | undefined): boolean {
    const file = this.#identity.tokenFile
    // The file may have been exchanged after it was read.
    if (file !== undefined) return `Bearer ${this.#identity.readToken(file)}` !== sent
    const challenges = readChallenges(headers['www-authenticate'])
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
    if (bearer !== undefined) {
      this.#way = { is: 'bearer', realm: this.#realmIn(bearer), service: bearer.parameters.get('service') ?? '' }
      this.#learnScopes(bearer, scope)
      this.#forget(scope, sent)
      return true
    }
    // Google's registries challenge at /v2/ only.
    if (challenges.length === 0 && this.#way?.is === 'bearer') {
      this.#forget(scope, sent)
      return true
    }
    const mayTry = sent === undefined && this.#identity.mayHavePassword
    if (!mayTry || !challenges.some(({ scheme }) => scheme === 'basic')) return false
    this.#way = { is: 'basic' }
    return true
  }

  /** Whether the registry has named another scope than the one that we would ask for. */
  wantsOtherThan(scope: string): boolean {
    return this.#wanted.has(scope)
  }

  #learnScopes({ parameters }: Challenge, scope: string): void {
    const scopes = scopesToRead(parameters.get('scope') ?? '').filter((each) => each !== scope)
    this.#wanted.delete(scope)
    if (scope === '' || scopes.length === 0) return
    this.#wanted.set(scope, scopes)
    for (const oldest of this.#wanted.keys()) if (this.#wanted.size > MOST_TOKENS) this.#wanted.delete(oldest)
  }

  /** What was tried, without its value. */
  get tried(): string {
    return this.#identity.tried
  }

  /** @see CVE-2026-33540: a registry must not be able to send the password anywhere it likes */
  #realmIn({ parameters }: Challenge): URL {
    const text = parameters.get('realm') ?? ''
    const realm = URL.canParse(text) ? new URL(text) : undefined
    const refuse = (why: string): StoreError =>
      new StoreError(`its token server ${JSON.stringify(redact(text))} ${why}`, {
        code: 'STORE_DENIED',
        place: this.#registry.href,
      })
    if (realm === undefined || !['http:', 'https:'].includes(realm.protocol)) throw refuse('is not a URL')
    if (realm.username !== '' || realm.password !== '') throw refuse('carries a user name')
    if (realm.protocol === 'http:' && this.#registry.protocol === 'https:') throw refuse('is not https')
    const trusted = realm.hostname === this.#registry.hostname
    if (!trusted && !namesHost(this.#tokenHosts, realm, false))
      throw refuse(`is on another host; use --token-host ${realm.host} if it belongs to this registry`)
    return realm
  }

  /** Of many that were refused together, only the first forgets the token: by the time of the others there is a new one. */
  #forget(scope: string, sent: string | undefined): void {
    const value = this.#tokens.get(scope)?.value
    if (value !== undefined && `Bearer ${value}` === sent) this.#tokens.delete(scope)
  }

  /** One request for a token at one time, however many wait for it. */
  async #token(scope: string, way: Extract<Way, { readonly is: 'bearer' }>, signal: AbortSignal): Promise<string> {
    const held = this.#tokens.get(scope)
    const token = await held?.token
    if (token !== undefined && token.until > this.#now()) return token.value
    if (this.#tokens.get(scope) !== held) return this.#token(scope, way, signal)
    const wanted: Held = { token: this.#request(scope, way, signal), value: undefined }
    this.#tokens.delete(scope)
    this.#tokens.set(scope, wanted)
    for (const oldest of this.#tokens.keys()) if (this.#tokens.size > MOST_TOKENS) this.#tokens.delete(oldest)
    try {
      wanted.value = (await wanted.token).value
      return wanted.value
    } catch (error) {
      if (this.#tokens.get(scope) === wanted) this.#tokens.delete(scope)
      throw error
    }
  }

  async #request(scope: string, { realm, service }: Extract<Way, { is: 'bearer' }>, signal: AbortSignal) {
    if (this.#notBefore > this.#now())
      throw new StoreError(`its token server asked for no requests until ${timeOfDay(this.#notBefore - this.#now())}`, {
        code: 'STORE_THROTTLED',
        place: placeOf(realm),
      })
    const secret = await this.#identity.secret(signal)
    const onRest = (milliseconds: number): void => {
      this.#notBefore = this.#now() + Math.min(milliseconds, LONGEST_REST)
    }
    const buy = (scopes: readonly string[]): Promise<Token> =>
      requestToken(
        this.#wire,
        { realm, service, scopes, secret, tried: () => this.tried, now: this.#now, onRest },
        signal,
      )
    const wanted = this.#wanted.get(scope) ?? []
    if (wanted.length === 0) return buy(scope === '' ? [] : [scope])
    try {
      return await buy([...wanted, scope])
    } catch (error) {
      // Some refuse all where one of them is of a name that they do not know.
      if (!(error instanceof StoreError) || error.code !== 'STORE_DENIED') throw error
      return buy(wanted)
    }
  }
}

/** A scan looks at a few repositories at one time, and most tokens live a minute. */
const MOST_TOKENS = 256
/** Milliseconds for which a token server is left alone at the most, whatever it asks for. */
const LONGEST_REST = 24 * 3600 * 1000

interface Held {
  readonly token: Promise<Token>
  /** Known when it is there. */
  value: string | undefined
}

/** Registries whose token server is known to be on a host of its own. */
const KNOWN_TOKEN_HOSTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['registry-1.docker.io', ['auth.docker.io']],
  ['index.docker.io', ['auth.docker.io']],
  ['registry.gitlab.com', ['gitlab.com']],
])
