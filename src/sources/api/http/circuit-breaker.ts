import { StoreError, type StoreErrorCode } from '../../../check/store-error.ts'
import { placeOf } from '../client/redirect-policy.ts'

/** Answers that another moment may change. A 500 is not among them: it is how broken links are told. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])
const MISSING: ReadonlySet<StoreErrorCode> = new Set(['STORE_TIMEOUT', 'STORE_UNREACHABLE'])

/** Milliseconds for which a host may answer nothing at all before it is given up. */
const PATIENCE = 120_000
/** Requests that must have failed in that time: one object that cannot be had is no dead host. */
const FAILURES = 10
/** Milliseconds after which a host that was given up is asked once more. */
const PROBE = 30_000

/** A host that is not asked any more; another try would not ask it either. */
export class GivenUp extends StoreError {}

export function isTransient(status: number): boolean {
  return TRANSIENT.has(status)
}

/**
 * Whether a host still answers. Patience with each of many thousand objects adds up to days; with a host that has gone away
 * it ends after minutes, and the report says so.
 */
export class Silence {
  readonly #patience: number
  /** When the first request was sent that nothing has been answered since. */
  #since: number | undefined
  #failures = 0
  #last: StoreErrorCode = 'STORE_TIMEOUT'
  #asked = 0

  /** @param patience milliseconds */
  constructor(patience: number = PATIENCE) {
    this.#patience = patience
  }

  /** @throws {GivenUp} where it is no use to ask @returns the time, for `failed` */
  mind(url: URL): number {
    const now = performance.now()
    const silent = this.#since === undefined ? 0 : now - this.#since
    const givenUp = silent >= this.#patience && this.#failures >= FAILURES && now < this.#asked + PROBE
    if (givenUp)
      throw new GivenUp(`${url.host} has not answered for ${Math.round(silent / 1000)} s; no more requests are sent`, {
        code: this.#last,
        place: placeOf(url),
      })
    this.#asked = now
    return now
  }

  answered(status: number, asked: number): void {
    if (isTransient(status)) this.#fail(status === 429 ? 'STORE_THROTTLED' : 'STORE_SERVER_ERROR', asked)
    else this.#since = undefined
    if (this.#since === undefined) this.#failures = 0
  }

  failed({ code }: StoreError, asked: number): void {
    if (MISSING.has(code)) this.#fail(code, asked)
  }

  #fail(code: StoreErrorCode, asked: number): void {
    this.#since ??= asked
    this.#failures += 1
    this.#last = code
  }
}
