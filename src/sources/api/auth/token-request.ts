import { StoreError } from '../../../check/store-error.ts'
import { backoff, pause, retryAfter } from '../http/backoff.ts'
import { Body } from '../http/body-buffer.ts'
import type { Answered, Call, Wire } from '../http/transport.ts'
import { isTokenText, type Password } from './credential-resolver.ts'
import type { Secret } from './credentials.ts'
import { fieldsIn, textIn } from './docker-config.ts'

export interface Token {
  readonly value: string
  /** Milliseconds by `now` of the question; a little early, so that it does not end on its way. */
  readonly until: number
}

/** Where a token is to be had, for what, and who asks. */
export interface TokenQuestion {
  readonly realm: URL
  readonly service: string
  /** Empty where nothing special. */
  readonly scopes: readonly string[]
  readonly secret: Secret | undefined
  /** What was tried, without its value. */
  readonly tried: () => string
  readonly now: () => number
  /** Told of the milliseconds for which a server wants to be left alone, where that is more than anybody waits. */
  readonly onRest: (milliseconds: number) => void
}

const TRIES = 3
/** Milliseconds that a scan waits when a server asks for it. Whoever asks for more is not waited for at all. */
const LONGEST_WAIT = 60_000
/** Bytes of an answer. */
const ANSWER_LIMIT = 1024 * 1024
/** Seconds; no server may give less, and it is what holds where the answer does not say. */
const SHORTEST_LIFE = 60
const LONGEST_LIFE = 24 * 3600

/**
 * Buy one token. An identity token is sent in the body of a POST, a password in a header, and neither is ever in a URL.
 *
 * @throws {StoreError} where none is given
 * @see distribution, docs/spec/auth/token.md and oauth.md
 */
export async function requestToken(wire: Wire, question: TokenQuestion, signal: AbortSignal): Promise<Token> {
  const body = new Body(ANSWER_LIMIT)
  const call = callFor(question, body)
  const answer = await persist(() => wire.send(call, signal), question.onRest, signal)
  const failure = (code: StoreError['code'], what: string): StoreError =>
    new StoreError(`the token server ${what}`, { code, place: `${question.realm.origin}${question.realm.pathname}` })
  const { status } = answer
  if (status === 429) throw failure('STORE_THROTTLED', `answered ${status}`)
  if (status >= 500) throw failure('STORE_SERVER_ERROR', `answered ${status}`)
  if (status !== 200) throw failure('STORE_DENIED', `answered ${status}; ${question.tried()}`)
  if (answer.end === 'cut') throw failure('STORE_UNREACHABLE', 'closed the connection early')
  const token = tokenIn(body.bytes.toString('utf8'), question.now())
  if (token === undefined) throw failure('STORE_MALFORMED', 'sent no token')
  return token
}

function callFor({ realm, service, scopes, secret }: TokenQuestion, { open }: Body): Call {
  const named = service === '' ? {} : { service }
  if (secret?.is === 'identity-token') {
    const grant = { grant_type: 'refresh_token', client_id: 'regfsck', refresh_token: secret.token }
    const fields = { ...grant, ...named, ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }) }
    const body = new URLSearchParams(fields).toString()
    return { method: 'POST', url: realm, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body, open }
  }
  const url = new URL(realm)
  for (const [name, value] of Object.entries(named)) url.searchParams.append(name, value)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  return { method: 'GET', url, headers: secret?.is === 'basic' ? { authorization: basicOf(secret) } : {}, open }
}

export function basicOf({ username, password }: Password): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** A server that is too busy is asked again; one that cannot be reached is the caller's matter. */
async function persist(
  send: () => Promise<Answered>,
  onRest: TokenQuestion['onRest'],
  signal: AbortSignal,
): Promise<Answered> {
  for (let tries = 1; ; tries++) {
    const answer = await send()
    const passing = answer.status === 408 || answer.status === 429 || answer.status >= 500
    if (!passing || tries === TRIES) return answer
    const asked = retryAfter(answer.headers['retry-after']) ?? 0
    if (asked > LONGEST_WAIT) {
      onRest(asked)
      return answer
    }
    await pause(Math.max(asked, backoff(tries)), signal)
  }
}

/**
 * `issued_at` is not looked at: the server's clock may go wrong, and a token that is older than it seems is refused with a
 * 401, after which there is another.
 */
function tokenIn(text: string, now: number): Token | undefined {
  const answer = fieldsIn(text)
  if (answer === undefined) return undefined
  const value = textIn(answer, 'token') ?? textIn(answer, 'access_token')
  if (value === undefined || !isTokenText(value)) return undefined
  const said = typeof answer['expires_in'] === 'number' ? answer['expires_in'] : SHORTEST_LIFE
  const seconds = Math.min(Math.max(said, SHORTEST_LIFE), LONGEST_LIFE)
  return { value, until: now + seconds * 900 }
}
