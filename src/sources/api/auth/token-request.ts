import { StoreError } from '../../../check/store-error.ts'
import { backoff, MAX_WAIT, pause, retryAfter } from '../http/backoff.ts'
import { BodyBuffer } from '../http/body-buffer.ts'
import type { HttpRequest, HttpResponse } from '../http/http-request.ts'
import type { Transport } from '../http/transport.ts'
import type { Password } from './credential-resolver.ts'
import type { Secret } from './credentials.ts'
import { fieldsIn, textIn } from './docker-config.ts'
import { isTokenText } from './token-file.ts'

/** A token for a scope. */
export interface Token {
  readonly value: string
  /** When to stop using it, in milliseconds by `TokenRequest.now`; before it expires, so that it is valid on arrival. */
  readonly until: number
}

/** A request to a token server. */
export interface TokenRequest {
  readonly realm: URL
  readonly service: string
  /** Empty for no particular scope. */
  readonly scopes: readonly string[]
  readonly secret: Secret | undefined
  /** Which credential was tried, for an error message; never its value. */
  readonly tried: () => string
  readonly now: () => number
  /** Called when the server asks for no requests in so many milliseconds, and that is too long to wait. */
  readonly onRest: (milliseconds: number) => void
}

const MAX_TRIES = 3
/** Bytes. */
const RESPONSE_LIMIT = 1024 * 1024
/** Seconds. The specification sets the minimum, which is also the default. */
const MIN_LIFETIME = 60
const MAX_LIFETIME = 24 * 3600

/**
 * Requests a token. An identity token is sent in the body of a POST, a password in a header; neither is ever in a URL.
 *
 * @throws {StoreError} if there is no token
 * @see distribution, docs/spec/auth/token.md and oauth.md
 */
export async function requestToken(transport: Transport, request: TokenRequest, signal: AbortSignal): Promise<Token> {
  const body = new BodyBuffer(RESPONSE_LIMIT)
  const httpRequest = toHttpRequest(request, body)
  const response = await withRetries(() => transport.send(httpRequest, signal), request.onRest, signal)
  const failure = (code: StoreError['code'], what: string): StoreError =>
    new StoreError(`the token server ${what}`, { code, place: `${request.realm.origin}${request.realm.pathname}` })
  const { status } = response
  if (status === 429) throw failure('STORE_THROTTLED', `answered ${status}`)
  if (status >= 500) throw failure('STORE_SERVER_ERROR', `answered ${status}`)
  if (status !== 200) throw failure('STORE_DENIED', `answered ${status}; ${request.tried()}`)
  if (response.end === 'cut') throw failure('STORE_UNREACHABLE', 'closed the connection early')
  const token = tokenIn(body.bytes.toString('utf8'), request.now())
  if (token === undefined) throw failure('STORE_MALFORMED', 'sent no token')
  return token
}

function toHttpRequest({ realm, service, scopes, secret }: TokenRequest, { open: sink }: BodyBuffer): HttpRequest {
  const named = service === '' ? {} : { service }
  if (secret?.is === 'identity-token') {
    const grant = { grant_type: 'refresh_token', client_id: 'regfsck', refresh_token: secret.token }
    const fields = { ...grant, ...named, ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }) }
    const body = new URLSearchParams(fields).toString()
    return { method: 'POST', url: realm, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body, sink }
  }
  const url = new URL(realm)
  for (const [name, value] of Object.entries(named)) url.searchParams.append(name, value)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  return { method: 'GET', url, headers: secret?.is === 'basic' ? { authorization: basicHeader(secret) } : {}, sink }
}

/** The `Authorization` header of a user name and password. */
export function basicHeader({ username, password }: Password): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Retries while the server is busy. Network errors are left to the caller, which retries the whole request. */
async function withRetries(
  send: () => Promise<HttpResponse>,
  onRest: TokenRequest['onRest'],
  signal: AbortSignal,
): Promise<HttpResponse> {
  for (let tries = 1; ; tries++) {
    const response = await send()
    const isTransient = response.status === 408 || response.status === 429 || response.status >= 500
    if (!isTransient || tries === MAX_TRIES) return response
    const requested = retryAfter(response.headers['retry-after']) ?? 0
    if (requested > MAX_WAIT) {
      onRest(requested)
      return response
    }
    await pause(Math.max(requested, backoff(tries)), signal)
  }
}

/**
 * Ignores `issued_at`, because the server's clock may be wrong. If the token expires earlier than we think, the registry
 * answers 401 and we request another one.
 */
function tokenIn(text: string, now: number): Token | undefined {
  const fields = fieldsIn(text)
  if (fields === undefined) return undefined
  const value = textIn(fields, 'token') ?? textIn(fields, 'access_token')
  if (value === undefined || !isTokenText(value)) return undefined
  const lifetime = typeof fields['expires_in'] === 'number' ? fields['expires_in'] : MIN_LIFETIME
  const seconds = Math.min(Math.max(lifetime, MIN_LIFETIME), MAX_LIFETIME)
  return { value, until: now + seconds * 900 }
}
