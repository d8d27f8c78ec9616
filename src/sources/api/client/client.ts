import pLimit from 'p-limit'
import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import type { Tokens } from '../auth/authorizer.ts'
import { backoff, pause, retryAfter, timeOfDay } from '../http/backoff.ts'
import { Body } from '../http/body-buffer.ts'
import { GivenUp, isTransient } from '../http/circuit-breaker.ts'
import type { Traffic } from '../http/traffic.ts'
import { type Answered, type Head, isEncoded, type Take, type Wire } from '../http/transport.ts'
import { withoutEcho } from './echoed-secret.ts'
import { RateLimiter } from './rate-limiter.ts'
import { noPlaceForBlobs, placeOf } from './redirect-policy.ts'

/** Something to ask the registry. There is no way to write. */
export interface Question {
  readonly method: 'GET' | 'HEAD'
  /** Path and query, from the registry's prefix on: `v2/…`. */
  readonly path: string
  /** What a token must allow; empty where nothing special. */
  readonly scope: string
  readonly headers?: Readonly<Record<string, string>>
  /** What a registry serves may lie elsewhere: blobs in an object store, manifests and lists at another registry. */
  readonly mayLieElsewhere?: boolean
  /** Makes whoever takes the body of an answer that has one; anew for each try. */
  readonly open?: (answer: Head) => Take | undefined
  /** See `Call.isLong`. */
  readonly isLong?: boolean
  /** No token is bought for it: that the registry wants one is answer enough. */
  readonly buysNoToken?: boolean
  /** A body that ends early is an answer too; else it is asked for again. */
  readonly mayBeCut?: boolean
}

const TRIES = 5
/** How often one question is asked again with other credentials: once for want of any, once for a token that ended. */
const INTRODUCTIONS = 2
const REDIRECTS = 5
/**
 * Tries of one question while the server answers other ones, by how servers refuse a request for the number of them: nginx
 * says 503 where nobody tells it otherwise, which may also be about one object.
 */
const TRIES_IN_ALL: ReadonlyMap<number, number> = new Map([
  [429, 30],
  [503, 10],
])
/** Milliseconds that a scan waits when a server asks for it. Whoever asks for more is not waited for at all. */
const LONGEST_WAIT = 60_000
/** Milliseconds for which a server is left alone at the most, whatever it asks for. */
const LONGEST_REST = 24 * 3600 * 1000
/** Bytes of the body of an answer that is no success; registries send a few hundred. */
const ERROR_BODY_LIMIT = 64 * 1024
const REDIRECTING: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/**
 * Tries where there is no answer; what DNS, TLS or a parser refuses stays refused. A time-out has cost much by the time it
 * is known: one more try tells a connection that was lost from a server that hangs.
 */
const TRIES_WITHOUT_ANSWER: ReadonlyMap<StoreErrorCode, number> = new Map([
  ['STORE_UNREACHABLE', TRIES],
  ['STORE_TIMEOUT', 2],
])

/** Asks one registry, politely: so many questions at one time, patience with what passes, tokens as they are wanted. */
export class RegistryClient {
  readonly #base: URL
  readonly #wire: Wire
  readonly #tokens: Tokens
  readonly #gate: ReturnType<typeof pLimit>
  /**
   * Nothing is asked before: a server that asked for patience asked for all of us. By a clock that nobody can set.
   */
  #notBefore = 0
  readonly #rate: RateLimiter
  readonly #traffic: Traffic | undefined

  /** @param base with a slash at its end */
  constructor(
    base: URL,
    wire: Wire,
    tokens: Tokens,
    limits: {
      readonly connections: number
      readonly requestsPerSecond?: number | undefined
      readonly traffic?: Traffic | undefined
    },
  ) {
    this.#base = base
    this.#wire = wire
    this.#tokens = tokens
    this.#gate = pLimit(limits.connections)
    this.#traffic = limits.traffic
    this.#rate = new RateLimiter(limits.requestsPerSecond)
  }

  /** Whether the registry is known to want tokens that are bought for what is asked. */
  get wantsTokens(): boolean {
    return this.#tokens.areBought
  }

  get tried(): string {
    return this.#tokens.tried
  }

  url(path: string): URL {
    return new URL(path, this.#base)
  }

  /** @throws {StoreError} where there is no answer; any status is one */
  ask(question: Question, signal: AbortSignal): Promise<AnsweredBy> {
    return this.#gate(() => this.#persist(question, signal))
  }

  async #persist(question: Question, signal: AbortSignal): Promise<AnsweredBy> {
    let tries = 1
    let succeeded = this.#rate.succeeded
    for (let all = 1; ; tries++, all++) {
      if (all > 1) this.#traffic?.retried()
      const asked = performance.now()
      await this.#turn(signal)
      try {
        const answer = await this.#introduce(question, signal)
        if (isCutShort(answer, question))
          throw new StoreError('closed the connection early', { code: 'STORE_UNREACHABLE', place: placeOf(answer.by) })
        const most = triesAfter(answer.status)
        if (most === 1) {
          this.#rate.answered()
          return answer
        }
        const slowed = answer.by.origin === this.#base.origin ? TRIES_IN_ALL.get(answer.status) : undefined
        if (slowed !== undefined) {
          this.#rate.refused(answer.status, question, asked, performance.now())
          // A server that answers others has only to be asked more slowly.
          if (this.#rate.succeeded > succeeded && all < slowed) tries = 1
          succeeded = this.#rate.succeeded
        }
        if (!(await this.#heed(answer, { tries, most }, signal))) return answer
      } catch (error) {
        if (!(error instanceof StoreError) || error instanceof GivenUp || signal.aborted) throw error
        if (tries >= (TRIES_WITHOUT_ANSWER.get(error.code) ?? 0)) throw error
        await pause(backoff(tries), signal)
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const now = performance.now()
    if (this.#notBefore > now + LONGEST_WAIT)
      throw new StoreError(`asked for no requests until ${timeOfDay(this.#notBefore - now)}`, {
        code: 'STORE_THROTTLED',
        place: this.#base.href,
      })
    const at = this.#rate.take(Math.max(now, this.#notBefore))
    if (at > now) await pause(at - now, signal)
  }

  async #introduce(question: Question, signal: AbortSignal): Promise<AnsweredBy> {
    let denial: StoreError | undefined
    for (let introductions = 0; ; introductions++) {
      const authorization = await this.#authorizationFor(question, signal)
      if (authorization instanceof StoreError) {
        if (introductions > 0) throw denial ?? authorization
        // The token server sells nothing for the scope that we know: the registry may want another one.
        denial = authorization
      }
      const sent = authorization instanceof StoreError ? undefined : authorization
      const answer = await this.#follow(question, sent, signal)
      // Whoever a redirect leads to may ask for credentials, and gets none.
      if (answer.status !== 401 || answer.by.origin !== this.#base.origin) return answer
      const isWorthAsking = introductions < INTRODUCTIONS && this.#tokens.learn(answer, question.scope, sent)
      if (denial !== undefined && !this.#tokens.wantsOtherThan(question.scope)) throw denial
      if (!isWorthAsking || (question.buysNoToken === true && this.#tokens.areBought)) return answer
    }
  }

  /** @returns the error where a token was refused */
  async #authorizationFor(question: Question, signal: AbortSignal): Promise<string | StoreError | undefined> {
    if (question.buysNoToken === true && this.#tokens.areBought) return undefined
    try {
      return await this.#tokens.header(question.scope, signal)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'STORE_DENIED') return error
      throw error
    }
  }

  async #follow(question: Question, authorization: string | undefined, signal: AbortSignal): Promise<AnsweredBy> {
    const { method, path, headers, open, isLong } = question
    let url = this.url(path)
    let credentials = authorization === undefined ? {} : { authorization }
    for (let hops = 0; ; hops++) {
      const errorBody = new Body(ERROR_BODY_LIMIT)
      const answer = await this.#wire.send(
        {
          method,
          url,
          headers: { ...headers, ...credentials },
          open: (head) =>
            isSuccess(head.status) ? open?.(head) : isEncoded(head.headers) ? undefined : errorBody.open(),
          isLong,
        },
        signal,
      )
      const location = answer.headers['location']
      if (!REDIRECTING.has(answer.status) || typeof location !== 'string')
        return { ...answer, by: url, errorBody: withoutEcho(errorBody.bytes, authorization) }
      url = this.#next(url, location, question.mayLieElsewhere === true, hops)
      // Whoever it leads to is not whom they are for; nor is the registry, when it is a stranger who leads back to it.
      if (url.origin !== this.#base.origin) credentials = {}
    }
  }

  #next(from: URL, location: string, mayLeave: boolean, hops: number): URL {
    const refuse = (why: string): StoreError =>
      new StoreError(`redirects ${why}`, { code: 'STORE_MALFORMED', place: placeOf(from) })
    if (hops === REDIRECTS) throw refuse('in circles')
    if (!URL.canParse(location, from.href)) throw refuse('to something that is not a URL')
    const next = new URL(location, from)
    if (!['http:', 'https:'].includes(next.protocol)) throw refuse(`to ${next.protocol}`)
    if (from.protocol === 'https:' && next.protocol === 'http:') throw refuse('from https to http')
    if (next.origin === this.#base.origin) return next
    if (!mayLeave) throw refuse(`to another host, ${next.host}: if that is the registry, write ${next.origin}`)
    const unfit = noPlaceForBlobs(next, this.#base)
    if (unfit !== undefined) throw refuse(unfit)
    return next
  }

  /** Wait as long as the answer asks for. @returns whether to ask again */
  async #heed(
    { status, headers, by }: AnsweredBy,
    { tries, most }: { readonly tries: number; readonly most: number },
    signal: AbortSignal,
  ): Promise<boolean> {
    const asked = retryAfter(headers['retry-after']) ?? 0
    const own = by.origin === this.#base.origin
    // What the registry asks for, it asks of all of us; "too many requests" also where it is more than we wait for.
    if (own && (asked <= LONGEST_WAIT || status === 429))
      this.#notBefore = Math.max(this.#notBefore, performance.now() + Math.min(asked, LONGEST_REST))
    if (tries >= most || asked > LONGEST_WAIT) return false
    // Never all at the same moment, and never at once: "0" is an answer too.
    await pause(backoff(asked === 0 ? tries : 1) + (own ? 0 : asked), signal)
    return true
  }

  close(): Promise<void> {
    return this.#wire.close()
  }
}

/**
 * Tries of a question that is answered so. A 500 is how a registry tells of a broken link, and would be told so for ever;
 * one more try tells it from one that passes.
 */
function triesAfter(status: number): number {
  if (isTransient(status)) return TRIES
  return status === 500 ? 2 : 1
}

/** An answer, and where it came from. */
export interface AnsweredBy extends Answered {
  readonly by: URL
  /** What an answer that is no success says; empty where it says nothing, or too much. */
  readonly errorBody: Uint8Array
}

function isCutShort({ end, status }: Answered, { open, mayBeCut }: Question): boolean {
  return end === 'cut' && isSuccess(status) && open !== undefined && mayBeCut !== true
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}
