import { StoreError } from '../../../check/store-error.ts'
import { redact } from '../../../oci/redact.ts'
import { includesHost } from '../connect/host-list.ts'
import { withoutQuery } from '../connect/without-query.ts'
import { MAX_REST, timeOfDay } from '../http/backoff.ts'
import type { ResponseHead } from '../http/http-request.ts'
import type { Transport } from '../http/transport.ts'
import { type Challenge, readChallenges } from './challenges.ts'
import { CredentialResolver } from './credential-resolver.ts'
import type { Credential } from './credentials.ts'
import { TokenCache } from './token-cache.ts'
import { basicHeader, requestToken, type Token } from './token-request.ts'
import { ScopesFromChallenges } from './token-scope.ts'

/** The scheme that the registry asked for. */
type AuthScheme = { readonly is: 'basic' } | BearerScheme

interface BearerScheme {
  readonly is: 'bearer'
  readonly realm: URL
  readonly service: string
}

/** Authorizes requests to one registry: reads its challenges, requests tokens and keeps them until they expire. */
export class Authorizer {
  readonly #transport: Transport
  readonly #registry: URL
  readonly #credential: CredentialResolver
  readonly #tokenHosts: ReadonlySet<string>
  readonly #now: () => number
  readonly #tokens: TokenCache
  readonly #scopes = new ScopesFromChallenges()
  /** The token server asked for no requests before. */
  #notBefore = 0
  /** `undefined` until the first challenge. */
  #scheme: AuthScheme | undefined

  /** @param options.tokenHosts further hosts that may get the credential, as `host` or `host:port` */
  constructor(
    transport: Transport,
    registry: URL,
    options: {
      readonly credential: Credential | undefined
      readonly tokenHosts: readonly string[]
      readonly now: () => number
    },
  ) {
    this.#transport = transport
    this.#registry = registry
    this.#credential = new CredentialResolver(options.credential, registry)
    this.#tokenHosts = new Set([...options.tokenHosts, ...(KNOWN_TOKEN_HOSTS.get(registry.hostname) ?? [])])
    this.#now = options.now
    this.#tokens = new TokenCache(options.now)
  }

  /** Whether the registry asked for a token, and we have to request one. */
  get usesTokenServer(): boolean {
    return this.#credential.tokenFile === undefined && this.#scheme?.is === 'bearer'
  }

  /** Which credential was tried, for an error message; never its value. */
  get tried(): string {
    return this.#credential.tried
  }

  /** The `Authorization` header of a request; `undefined` before the first challenge. @throws {StoreError} */
  async header(scope: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#credential.tokenFile !== undefined) return `Bearer ${this.#credential.readToken()}`
    const scheme = this.#scheme
    if (scheme === undefined) return undefined
    if (scheme.is === 'bearer')
      return `Bearer ${await this.#tokens.get(scope, () => this.#requestToken(scope, scheme, signal))}`
    const password = await this.#credential.password(signal)
    return password && basicHeader(password)
  }

  /**
   * Learns from a 401.
   *
   * @param sent the `Authorization` that was refused
   * @returns whether to send the request again
   * @throws {StoreError} if the challenge must not be followed
   */
  learn({ headers }: ResponseHead, scope: string, sent: string | undefined): boolean {
    // The token file may have been replaced since it was read.
    if (this.#credential.tokenFile !== undefined) return `Bearer ${this.#credential.readToken()}` !== sent
    const challenges = readChallenges(headers['www-authenticate'])
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
    if (bearer !== undefined) {
      this.#scheme = { is: 'bearer', realm: this.#realmIn(bearer), service: bearer.parameters.get('service') ?? '' }
      this.#scopes.learn(scope, bearer.parameters.get('scope') ?? '')
      this.#forgetToken(scope, sent)
      return true
    }
    // Google's registries send a challenge at /v2/ only.
    if (challenges.length === 0 && this.#scheme?.is === 'bearer') {
      this.#forgetToken(scope, sent)
      return true
    }
    const hasPassword = sent === undefined && this.#credential.mayHavePassword
    if (!hasPassword || !challenges.some(({ scheme }) => scheme === 'basic')) return false
    this.#scheme = { is: 'basic' }
    return true
  }

  /** Whether the registry's challenge named other scopes than the one that we would request. */
  wantsOtherThan(scope: string): boolean {
    return this.#scopes.for(scope) !== undefined
  }

  #forgetToken(scope: string, sent: string | undefined): void {
    if (sent?.startsWith('Bearer ')) this.#tokens.forget(scope, sent.slice('Bearer '.length))
  }

  /** The token server of a challenge. @see CVE-2026-33540: a registry must not choose where the password is sent */
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
    if (!trusted && !includesHost(this.#tokenHosts, realm, false))
      throw refuse(`is on another host; use --token-host ${realm.host} if it belongs to this registry`)
    return realm
  }

  async #requestToken(scope: string, { realm, service }: BearerScheme, signal: AbortSignal): Promise<Token> {
    this.#requireNoRest(realm)
    const secret = await this.#credential.secret(signal)
    const request = (scopes: readonly string[]): Promise<Token> =>
      requestToken(
        this.#transport,
        { realm, service, scopes, secret, tried: () => this.tried, now: this.#now, onRest: this.#rest },
        signal,
      )
    const wanted = this.#scopes.for(scope)
    if (wanted === undefined) return request(scope === '' ? [] : [scope])
    try {
      return await request([...wanted, scope])
    } catch (error) {
      // Some servers refuse all scopes if one of them has a name that they do not know.
      if (!(error instanceof StoreError) || error.code !== 'STORE_DENIED') throw error
      return request(wanted)
    }
  }

  readonly #rest = (milliseconds: number): void => {
    this.#notBefore = this.#now() + Math.min(milliseconds, MAX_REST)
  }

  #requireNoRest(realm: URL): void {
    if (this.#notBefore <= this.#now()) return
    const until = timeOfDay(this.#notBefore - this.#now())
    throw new StoreError(`its token server asked clients to wait until ${until}`, {
      code: 'STORE_THROTTLED',
      place: withoutQuery(realm),
    })
  }
}

/** Registries whose token server is on another host. */
const KNOWN_TOKEN_HOSTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['registry-1.docker.io', ['auth.docker.io']],
  ['index.docker.io', ['auth.docker.io']],
  ['registry.gitlab.com', ['gitlab.com']],
])
