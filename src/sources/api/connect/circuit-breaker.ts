import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { withoutQuery } from './without-query.ts'

/** A 500 is not transient: distribution answers it for a broken link. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])
const NO_RESPONSE: ReadonlySet<StoreErrorCode> = new Set(['STORE_TIMEOUT', 'STORE_UNREACHABLE'])

/** Milliseconds without a usable response until the circuit opens. */
const UNRESPONSIVE_AFTER = 120_000
/** Requests that must fail in that time: one object that cannot be served does not make a dead host. */
const MIN_FAILURES = 10
/** Milliseconds between two probes of a host whose circuit is open. */
const PROBE_INTERVAL = 30_000

/** The host has stopped responding. Nothing was sent, and a retry would not send anything either. */
export class CircuitOpenError extends StoreError {}

/** Whether a retry may get another status. */
export function isTransient(status: number): boolean {
  return TRANSIENT.has(status)
}

/**
 * Stops requests to a host that no longer responds. Without it, retries for each of many thousand objects would take days.
 */
export class CircuitBreaker {
  readonly #unresponsiveAfter: number
  /** When the first request was sent of those that failed since the last success. */
  #failingSince: number | undefined
  #failures = 0
  #lastCode: StoreErrorCode = 'STORE_TIMEOUT'
  #lastSent = 0

  /** @param unresponsiveAfter milliseconds */
  constructor(unresponsiveAfter: number = UNRESPONSIVE_AFTER) {
    this.#unresponsiveAfter = unresponsiveAfter
  }

  /**
   * Call before each request.
   *
   * @returns the time by `performance.now()`, to pass to `onResponse` or `onError`
   * @throws {CircuitOpenError}
   */
  check(url: URL): number {
    const now = performance.now()
    const silent = this.#failingSince === undefined ? 0 : now - this.#failingSince
    const isOpen =
      silent >= this.#unresponsiveAfter && this.#failures >= MIN_FAILURES && now < this.#lastSent + PROBE_INTERVAL
    if (isOpen)
      throw new CircuitOpenError(
        `${url.host} has not answered for ${Math.round(silent / 1000)} s; no more requests are sent`,
        { code: this.#lastCode, place: withoutQuery(url) },
      )
    this.#lastSent = now
    return now
  }

  /** Any status that is not transient closes the circuit. */
  onResponse(status: number, sentAt: number): void {
    if (isTransient(status)) {
      this.#fail(status === 429 ? 'STORE_THROTTLED' : 'STORE_SERVER_ERROR', sentAt)
      return
    }
    this.#failingSince = undefined
    this.#failures = 0
  }

  /** Counts timeouts and failed connections. Other errors, such as those of TLS, change nothing. */
  onError({ code }: StoreError, sentAt: number): void {
    if (NO_RESPONSE.has(code)) this.#fail(code, sentAt)
  }

  #fail(code: StoreErrorCode, sentAt: number): void {
    this.#failingSince ??= sentAt
    this.#failures += 1
    this.#lastCode = code
  }
}
