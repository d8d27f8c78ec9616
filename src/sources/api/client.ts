import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { StoreError } from '../../check/store-error.ts'
import type { Tokens } from './tokens.ts'
import type { Answered, Head, Take, Wire } from './wire.ts'

/** Something to ask the registry. There is no way to write. */
export interface Question {
  readonly method: 'GET' | 'HEAD'
  /** Path and query, from the registry's prefix on: `v2/…`. */
  readonly path: string
  /** What a token must allow; empty where nothing special. */
  readonly scope: string
  readonly headers?: Readonly<Record<string, string>>
  /** A blob may lie elsewhere, in an object store; nothing else may. */
  readonly mayLieElsewhere?: boolean
  /** Makes whoever takes the body of an answer that has one; anew for each try. */
  readonly open?: (answer: Head) => Take | undefined
}

const TRIES = 5
/** How often one question is asked again with other credentials: once for want of any, once for a token that ended. */
const INTRODUCTIONS = 2
const REDIRECTS = 5
/** Milliseconds before the second try; twice as long before each further one. */
const BACKOFF = 200
/** Milliseconds that a server may make us wait at the most. */
const LONGEST_WAIT = 60_000
/** Answers that another moment may change. A 500 is not one of them: it is how broken links are told. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])
const REDIRECTING: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** What another try may bring; what DNS, TLS or a parser refuses stays refused. */
const WORTH_RETRYING: ReadonlySet<string> = new Set(['STORE_UNREACHABLE', 'STORE_TIMEOUT'])

/** Asks one registry, politely: so many questions at one time, patience with what passes, tokens as they are wanted. */
export class RegistryClient {
  readonly #base: URL
  readonly #wire: Wire
  readonly #tokens: Tokens
  readonly #gate: ReturnType<typeof pLimit>
  /** Nothing is asked before: a server that asked for patience asked for all of us. */
  #notBefore = 0
  /** When the next request may be sent, where there is a limit to their number. */
  #slot = 0
  /** Milliseconds between two requests. */
  readonly #pace: number

  /** @param base with a slash at its end */
  constructor(
    base: URL,
    wire: Wire,
    tokens: Tokens,
    limits: { readonly connections: number; readonly requestsPerSecond?: number | undefined },
  ) {
    this.#base = base
    this.#wire = wire
    this.#tokens = tokens
    this.#gate = pLimit(limits.connections)
    this.#pace = limits.requestsPerSecond === undefined ? 0 : 1000 / limits.requestsPerSecond
  }

  get tried(): string {
    return this.#tokens.tried
  }

  url(path: string): URL {
    return new URL(path, this.#base)
  }

  /** @throws {StoreError} where there is no answer; any status is one */
  ask(question: Question, signal: AbortSignal): Promise<Answered> {
    return this.#gate(() => this.#persist(question, signal))
  }

  async #persist(question: Question, signal: AbortSignal): Promise<Answered> {
    for (let tries = 1; ; tries++) {
      await this.#turn(signal)
      try {
        const answer = await this.#introduce(question, signal)
        if (!TRANSIENT.has(answer.status) || tries === TRIES) return answer
        await this.#heed(answer, tries, signal)
      } catch (error) {
        if (!(error instanceof StoreError) || !WORTH_RETRYING.has(error.code)) throw error
        if (tries === TRIES || signal.aborted) throw error
        await pause(backoff(tries), signal)
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const now = Date.now()
    const at = Math.max(now, this.#notBefore, this.#slot)
    this.#slot = at + this.#pace
    if (at > now) await pause(at - now, signal)
  }

  async #introduce(question: Question, signal: AbortSignal): Promise<Answered> {
    for (let introductions = 0; ; introductions++) {
      const authorization = await this.#tokens.header(question.scope, signal)
      const answer = await this.#follow(question, authorization, signal)
      if (answer.status !== 401 || introductions === INTRODUCTIONS) return answer
      if (!this.#tokens.learn(answer, question.scope, authorization)) return answer
    }
  }

  async #follow(question: Question, authorization: string | undefined, signal: AbortSignal): Promise<Answered> {
    const { method, path, headers, open } = question
    let url = this.url(path)
    for (let hops = 0; ; hops++) {
      // No credentials across origins: whoever it leads to is not whom they are for.
      const own = url.origin === this.#base.origin && authorization !== undefined
      const answer = await this.#wire.send(
        {
          method,
          url,
          headers: { ...headers, 'accept-encoding': 'identity', ...(own ? { authorization } : {}) },
          open: (head) => (isSuccess(head.status) ? open?.(head) : undefined),
        },
        signal,
      )
      const location = answer.headers['location']
      if (!REDIRECTING.has(answer.status) || typeof location !== 'string') return answer
      url = this.#next(url, location, question.mayLieElsewhere === true, hops)
    }
  }

  #next(from: URL, location: string, mayLeave: boolean, hops: number): URL {
    const refuse = (why: string): StoreError =>
      new StoreError(`redirects ${why}`, { code: 'STORE_MALFORMED', place: from.href })
    if (hops === REDIRECTS) throw refuse('in circles')
    if (!URL.canParse(location, from.href)) throw refuse('to what is no URL')
    const next = new URL(location, from)
    if (!['http:', 'https:'].includes(next.protocol)) throw refuse(`to ${next.protocol}`)
    if (from.protocol === 'https:' && next.protocol === 'http:') throw refuse('from https to http')
    if (next.origin !== this.#base.origin && !mayLeave) throw refuse(`to another host, ${next.host}`)
    return next
  }

  async #heed({ headers }: Head, tries: number, signal: AbortSignal): Promise<void> {
    const asked = retryAfter(headers['retry-after'])
    if (asked === undefined) return pause(backoff(tries), signal)
    this.#notBefore = Math.max(this.#notBefore, Date.now() + Math.min(asked, LONGEST_WAIT))
  }

  close(): Promise<void> {
    return this.#wire.close()
  }
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Milliseconds; a number of seconds or a date. @see RFC 9110, 10.2.3 */
function retryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function backoff(tries: number): number {
  return BACKOFF * 2 ** (tries - 1) * (0.5 + Math.random() / 2)
}

/** Ends early where the scan is stopped: the next try will say so. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
